import assert from "node:assert/strict";
import { join } from "node:path";
import type { NatsConnection } from "nats";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { ControlServer } from "../../src/control/control_server.ts";
import { askService } from "../../src/control/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { ramFolder } from "../support/ram_folder.ts";
import { runCommand } from "../support/run_command.ts";
import { everyMeterRead, openSite } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";

async function statesOf(client: NatsConnection, meter: string): Promise<string[]> {
  const manager = await client.jetstreamManager();
  const { state } = await manager.streams.info("WATTSEAL_STATE", { subjects_filter: `wattseal.test.${meter}.>` });
  return Object.keys(state.subjects ?? {}).map((subject) => subject.split(".")[3] ?? "").sort();
}

Deno.test("a meter that is removed from the configuration is forgotten, and forget refuses one that is served", async () => {
  await using site = await openSite({ meters: [1, 2].map((unit) => new SimulatedMeter({ unit })) });
  const direct = ["--server", site.server.address];
  {
    await using service = new CommandProcess(["start", "--config", site.config]);
    await service.line("ready");
    await everyMeterRead(site.client, [1, 2]);
    assert.deepEqual((await statesOf(site.client, "evse-2")).includes("public_key"), true);
    const refused = await runCommand(["forget", "evse-2", "--config", site.config]);
    assert.deepEqual([refused.code, refused.out], [1, ""]);
    assert.match(refused.err, /^Meter evse-2 is configured and served; remove it from the configuration/);
    const served = await runCommand(["forget", "evse-2", "--site", "test", ...direct]);
    assert.equal(served.code, 1);
    assert.match(served.err, /^The service of test serves meter evse-2/);
    const unknown = await runCommand(["forget", "evse-9", "--config", site.config]);
    assert.deepEqual([unknown.code, unknown.err], [0, ""]);
    assert.equal(unknown.out, "Nothing to do: the stream of states has no state of meter evse-9\n");

    // Another machine, which is gone, served this one
    await site.client.jetstream().publish("wattseal.test.evse-7.status", "{}");
    await site.client.jetstream().publish("wattseal.test.evse-7.public_key", "{}");
    const left = await runCommand(["forget", "evse-7", "--config", site.config]);
    assert.deepEqual(left, { code: 0, out: "Forgot meter evse-7: 2 states removed\n", err: "" });
    assert.deepEqual(await statesOf(site.client, "evse-7"), []);

    const text = await Deno.readTextFile(site.config);
    await Deno.writeTextFile(site.config, text.replace(/^.*name: evse-2,.*\n/m, ""));
    assert.equal((await askService(join(site.folder, "state"), { command: "reload" }, 60_000)).ok, true);
    assert.deepEqual(await statesOf(site.client, "evse-2"), []);
    assert.equal((await statesOf(site.client, "evse-1")).includes("status"), true);
    const { code, out } = await runCommand(["forget", "evse-2", "--config", site.config, "--json"]);
    assert.deepEqual([code, JSON.parse(out)], [0, { ok: true, meter: "evse-2", outcome: "forgotten", states: 0 }]);
  }
  const stopped = await runCommand(["forget", "evse-1", "--config", site.config]);
  assert.equal(stopped.code, 3);
  assert.match(stopped.err, /^No service runs: .*; without a service, give --site and the options of a connection\n$/);
  // The process was killed: its last status lists the meter
  const killed = await runCommand(["forget", "evse-1", "--site", "test", ...direct]);
  assert.equal(killed.code, 1);
  assert.match(killed.err, /--force continues without this$/m);
  const removed = await runCommand(["forget", "evse-1", "--site", "test", "--force", ...direct]);
  assert.equal(removed.code, 0, removed.err);
  assert.deepEqual(await statesOf(site.client, "evse-1"), []);
});

Deno.test("forget names what a meter waits for, and refuses a choice of two places", async () => {
  const folder = ramFolder();
  try {
    const reply = { ok: true, meter: "evse-2", outcome: "waiting", reason: "NATS is not connected" } as const;
    const server = await ControlServer.open(folder, { forget: () => reply }, { log: silentLog, time: systemTime });
    const waiting = await runCommand(["forget", "evse-2", "--state-dir", folder]);
    await server.close();
    assert.deepEqual(waiting, { code: 1, out: "", err: "Not yet, the service retries: NATS is not connected\n" });
    for (
      const [options, expected] of [
        [["--state-dir", folder, "--config", "site.yaml"], /^Give only one of --config and --state-dir\n$/],
        [["--state-dir", folder, "--site", "test"], /give only one\n$/],
        [["--state-dir", folder, "--server", "127.0.0.1:4"], /^--force and the options of a connection need --site/],
        [["--state-dir", folder, "--force"], /^--force and the options/],
      ] as const
    ) {
      const { code, err } = await runCommand(["forget", "evse-2", ...options]);
      assert.equal(code, 2);
      assert.match(err, expected);
    }
    assert.equal((await runCommand(["forget", "evse.*", "--state-dir", folder])).code, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
