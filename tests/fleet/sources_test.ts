import assert from "node:assert/strict";
import { type JetStreamManager, NatsError, type StreamConfig, type StreamSource } from "nats";
import { changeSources } from "../../src/fleet/sources.ts";

const source: StreamSource = { name: "WATTSEAL_READINGS", filter_subject: "wattseal.berlin-01.*.reading" };

/** A stream without sources. The server refuses a number of updates with sources, as in a cluster. */
function managerOf(subjects: string[], refusals: number) {
  const updates: Partial<StreamConfig>[] = [];
  let left = refusals;
  const streams = {
    info: () => Promise.resolve({ config: { name: "WATTSEAL_READINGS", subjects } }),
    update: (_name: string, config: Partial<StreamConfig>) => {
      updates.push(config);
      if (config.sources?.[0]?.filter_subject === undefined || left-- <= 0) return Promise.resolve();
      const description =
        "source 'WATTSEAL_READINGS' filter subject 'x' does not overlap with any origin stream subject";
      const error = new NatsError(description, "500");
      error.api_error = { code: 500, err_code: 10052, description };
      return Promise.reject(error);
    },
  };
  return { manager: { streams } as unknown as JetStreamManager, updates };
}

Deno.test("changeSources adds the first source when the servers of a cluster have removed the stream's name from its subjects", async () => {
  const { manager, updates } = managerOf(["WATTSEAL_READINGS"], 2);
  await changeSources(manager, "WATTSEAL_READINGS", (before) => [...before, source]);
  assert.deepEqual(updates.at(-1)?.sources, [source]);
  assert.deepEqual(updates.map(({ sources }) => sources?.[0]?.filter_subject === undefined), [
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("changeSources reports at once a source that does not match the subjects of a stream", async () => {
  const { manager, updates } = managerOf(["wattseal.>"], 1);
  const change = changeSources(manager, "WATTSEAL_READINGS", (before) => [...before, source]);
  await assert.rejects(change, /does not overlap/);
  assert.equal(updates.length, 1);
});
