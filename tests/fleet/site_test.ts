import assert from "node:assert/strict";
import { join } from "node:path";
import { type JetStreamManager } from "nats";
import { loadConfig } from "../../src/config/mod.ts";
import { type Ran, runCommand } from "../support/run_command.ts";
import { type EdgeServer, startLeafFleet } from "./leaf_fleet.ts";
import { edgeWindowMs, holds, makeSiteStreams, until } from "./site_streams.ts";

/** Publishes messages like a service, each with its own id. */
async function publish({ client }: EdgeServer, ...subjects: string[]): Promise<void> {
  for (const subject of subjects) await client.jetstream().publish(`wattseal.${subject}`, "{}", { msgID: subject });
}

/** Subjects in a stream without the prefix, once for each message. */
async function subjectsIn(manager: JetStreamManager, stream: string): Promise<string[]> {
  const { state } = await manager.streams.info(stream, { subjects_filter: ">" });
  return Object.entries(state.subjects ?? {}).flatMap(([subject, count]) =>
    Array<string>(count).fill(subject.replace(/^wattseal\./, ""))
  ).sort();
}

const aTime = "2026-01-31T08:00:00.000Z";

/** The status of the node of a site. */
function nodeStatus(state: string, undelivered: number): object {
  return {
    version: "0.1.0",
    started_at: aTime,
    state,
    lines: [],
    meters: {},
    meter_stats: {},
    undelivered_records: undelivered,
    spooled_readings: 0,
    dropped_readings: 0,
    faults: [],
    expires_at: aTime,
  };
}

Deno.test("fleet site: sites are added, received from, renamed and removed, and other sites are not affected", async (t) => {
  await using fleet = await startLeafFleet();
  const { manager } = fleet;
  const files = await Deno.makeTempDir({ prefix: "wattseal-sites-" });
  const run = (...args: string[]): Promise<Ran> =>
    runCommand(["fleet", ...args, "--server", fleet.hub.address, "--wait", "0"]);
  const add = (site: string, ...args: string[]) =>
    run("site", "add", site, "--folder", files, "--leaf", "nats-leaf://127.0.0.1:7422", ...args);

  await t.step("no site is added before setup", async () => {
    const { code, err } = await add("a");
    assert.deepEqual([code, err], [1, "The stream WATTSEAL_OCMF does not exist yet: run fleet setup first\n"]);
  });
  assert.equal((await run("setup", "--topology", "hub")).code, 0);

  const [a, b] = await Promise.all([fleet.edge("a"), fleet.edge("b")]);
  await makeSiteStreams(a, "a");
  await makeSiteStreams(b, "b");

  await t.step("the hub receives each message of an edge's own site once", async () => {
    // Messages of other sites on an edge without `scope: site` do not arrive twice.
    const { config } = await b.manager.streams.info("WATTSEAL_OCMF");
    await b.manager.streams.update("WATTSEAL_OCMF", { ...config, subjects: ["wattseal.*.*.ocmf"] });
    await publish(b, "a.foreign.ocmf");
    assert.equal((await add("a", "--readings-meter", "m")).code, 0);
    const planned = await add("b", "--no-readings", "--dry-run");
    assert.equal(planned.code, 0);
    assert.match(planned.out, /^create +source of WATTSEAL_OCMF +site b from domain b, wattseal\.b\.\*\.ocmf$/m);
    assert.doesNotMatch(planned.out, /READINGS/);
    assert.equal((await manager.streams.info("WATTSEAL_OCMF")).config.sources?.length, 1);
    assert.equal((await add("b", "--no-readings")).code, 0);
    await publish(a, "a.m.ocmf", "a.other.reading", "a.m.reading", "a.m.status", "a._node.status", "a.n.fault.X");
    await publish(b, "b.m.ocmf", "b.m.reading", "b.m.status");
    await holds(manager, "WATTSEAL_OCMF", 2);
    await holds(manager, "WATTSEAL_STATE", 4);
    await holds(manager, "WATTSEAL_READINGS", 1);
    assert.deepEqual(await subjectsIn(manager, "WATTSEAL_OCMF"), ["a.m.ocmf", "b.m.ocmf"]);
    assert.deepEqual(await subjectsIn(manager, "WATTSEAL_READINGS"), ["a.m.reading"]);
  });

  await t.step("a duplicate id from an edge does not delay later messages", async () => {
    await publish(b, "b.twice.ocmf");
    await new Promise((resolve) => setTimeout(resolve, 3 * edgeWindowMs));
    await publish(b, "b.twice.ocmf", "b.next.ocmf");
    const startedAtMs = performance.now();
    await until(async () => (await subjectsIn(manager, "WATTSEAL_OCMF")).includes("b.next.ocmf"));
    // With the default window of the server this takes two minutes
    assert.ok(performance.now() - startedAtMs < 60_000);
  });

  await t.step(
    "an existing site is kept, a domain belongs to one site, setup finds nothing to change",
    async () => {
      const again = await add("a", "--json");
      assert.deepEqual([again.code, /"action":"(?!keep)/.test(again.out)], [0, false], again.out);
      const taken = await add("c", "--edge-domain", "a");
      assert.equal(taken.code, 1);
      assert.match(taken.err, /^Site a already uses the domain a: a hub has one source per domain/);
      const setUp = await run("setup");
      assert.equal(setUp.code, 0, setUp.out);
      assert.match(setUp.out, /^keep +stream WATTSEAL_OCMF +sources: a, b, /m);
      const single = await run("setup", "--topology", "single", "--repair", "--dry-run");
      assert.equal(single.code, 1);
      assert.match(
        single.out,
        /^differs +stream WATTSEAL_OCMF +it has sources, so their messages would be stored twi/m,
      );
    },
  );

  await t.step("a hub receives the intervals of sites that are added after setup with --intervals", async () => {
    const planned = await run("setup", "--intervals", "--intervals-max-age-days", "30");
    assert.equal(planned.code, 0, planned.err);
    assert.match(planned.out, /^create +stream WATTSEAL_INTERVALS +sources: none yet, 1 replica, kept for 30 d, /m);
    assert.match((await run("setup")).out, /^keep +stream WATTSEAL_INTERVALS .* kept for 30 d, /m);
    const added = await add("a");
    assert.equal(added.code, 0, added.err);
    assert.match(
      added.out,
      /^create +source of WATTSEAL_INTERVALS +site a from domain a, wattseal\.a\.\*\.interval$/m,
    );
    await publish(a, "a.m.interval");
    await publish(b, "b.m.interval");
    await holds(manager, "WATTSEAL_INTERVALS", 1);
    assert.deepEqual(await subjectsIn(manager, "WATTSEAL_INTERVALS"), ["a.m.interval"]);
  });

  await t.step(
    "the configuration of the service is valid, with the scope of its site and its own inbox",
    async () => {
      const path = join(files, "a", "site.yaml");
      const settings = loadConfig(await Deno.readTextFile(path), { path, env: () => undefined });
      assert.deepEqual([settings.site, settings.nats.inboxPrefix, settings.nats.user], ["a", "_INBOX_a", "a"]);
      assert.equal(settings.streams.scope, "site");
    },
  );

  await t.step("retained messages of a meter are removed at the hub and at the edge", async () => {
    const removed = await run("site", "remove", "a", "--meter", "n");
    assert.equal(removed.code, 0, removed.err);
    assert.match(
      removed.out,
      /^remove +states at the edge a +1 retained messages of wattseal\.a\.n\.>: wattseal\.a\.n\.fault\.X/m,
    );
    for (const place of [manager, a.manager]) {
      assert.ok(!(await subjectsIn(place, "WATTSEAL_STATE")).includes("a.n.fault.X"));
    }
    const none = await run("site", "remove", "a", "--meter", "n");
    assert.deepEqual([none.code, none.out], [0, "Nothing to do\n"]);
  });

  await t.step("a site with possibly missing records is not removed", async () => {
    const { code, err } = await run("site", "remove", "a");
    assert.equal(code, 1);
    assert.match(err, /^Records of a may be missing here: .*; --force continues without them$/m);
    assert.equal((await manager.streams.info("WATTSEAL_OCMF")).config.sources?.length, 2);
  });

  await t.step("a site is renamed: the hub receives messages of both names, and nothing twice", async () => {
    const before = join(files, "a", "site.yaml");
    await Deno.writeTextFile(before, (await Deno.readTextFile(before)).replace("rs485-1", "the-old-line"));
    const renamed = await run(
      ...["site", "rename", "a", "new", "--force", "--folder", files, "--leaf", "nats-leaf://127.0.0.1:7422"],
    );
    assert.equal(renamed.code, 0, renamed.err);
    assert.match(await Deno.readTextFile(join(files, "new", "site.yaml")), /^lines:\n {2}- name: the-old-line$/m);
    await publish(a, "a.last.ocmf");
    await until(async () => (await subjectsIn(manager, "WATTSEAL_OCMF")).includes("a.last.ocmf"));
    const moved = await fleet.move(a, "new");
    await publish(moved, "new.m.ocmf", "new.m.status", "new.m.reading");
    await holds(manager, "WATTSEAL_READINGS", 2);
    await until(async () => (await subjectsIn(manager, "WATTSEAL_OCMF")).includes("new.m.ocmf"));
    const removed = await run("site", "remove", "a", "--edge-domain", "new", "--force");
    assert.equal(removed.code, 0, removed.err);
    const { config } = await moved.manager.streams.info("WATTSEAL_OCMF");
    assert.deepEqual(config.subjects, ["wattseal.new.*.ocmf"]);
    const { sources = [] } = (await manager.streams.info("WATTSEAL_OCMF")).config;
    assert.deepEqual(sources.map((source) => source.filter_subject), ["wattseal.b.*.ocmf", "wattseal.new.*.ocmf"]);
    await publish(moved, "new.after.ocmf");
    await until(async () => (await subjectsIn(manager, "WATTSEAL_OCMF")).includes("new.after.ocmf"));
    for (const place of [manager, moved.manager]) {
      assert.ok(!(await subjectsIn(place, "WATTSEAL_STATE")).some((subject) => subject.startsWith("a.")));
    }
    // New messages of the old name may arrive from both sources with one id; older messages arrive once.
    const records = await subjectsIn(manager, "WATTSEAL_OCMF");
    assert.deepEqual([...new Set(records)], [
      ...["a.last.ocmf", "a.m.ocmf", "b.m.ocmf", "b.next.ocmf", "b.twice.ocmf"],
      ...["new.after.ocmf", "new.m.ocmf"],
    ]);
    for (const once of ["a.m.ocmf", "new.m.ocmf", "new.after.ocmf"]) {
      assert.equal(records.filter((subject) => subject === once).length, 1, once);
    }
  });

  await t.step("a site is removed with its states, and its stored messages stay", async () => {
    const status = (state: string, undelivered: number) =>
      b.client.jetstream().publish("wattseal.b._node.status", JSON.stringify(nodeStatus(state, undelivered)));
    const refusal = async (text: RegExp) => {
      const { code, err } = await run("site", "remove", "b");
      assert.equal(code, 1);
      assert.match(err, text);
    };
    const said = (state: string, undelivered: number) =>
      until(async () => {
        const found = await manager.streams.getMessage("WATTSEAL_STATE", { last_by_subj: "wattseal.b._node.status" });
        const { state: is, undelivered_records: are } = found.json<{ state: string; undelivered_records: number }>();
        return is === state && are === undelivered;
      });
    const meterStatus = (transaction: object) =>
      JSON.stringify({ state: "stopped", transaction, since: aTime, timestamp: aTime });
    const meter = "wattseal.b.m.status";
    await status("stopped", 0);
    await b.client.jetstream().publish(meter, meterStatus({ state: "running", transaction_id: "tx-9" }));
    await until(async () => {
      const found = await manager.streams.getMessage("WATTSEAL_STATE", { last_by_subj: meter });
      return found.string().includes("tx-9");
    });
    await refusal(/^Open transactions of b \(tx-9 on m\): their records would not arrive here\. Stop them first$/m);
    await b.client.jetstream().publish(meter, meterStatus({ state: "idle" }));
    await until(async () => {
      const found = await manager.streams.getMessage("WATTSEAL_STATE", { last_by_subj: meter });
      return found.string().includes("idle");
    });
    await status("stopped", 2);
    await said("stopped", 2);
    await refusal(/: 2 records were undelivered at the last status of its service; --force/);
    await status("online", 0);
    await said("online", 0);
    await refusal(/: its service does not answer and did not stop normally; start it, or stop it; --force/);
    await status("stopped", 0);
    await said("stopped", 0);
    const removed = await run("site", "remove", "b");
    assert.equal(removed.code, 0, removed.err);
    assert.match(removed.out, /^keep +records of b +the service stopped without undelivered records$/m);
    const states = await subjectsIn(manager, "WATTSEAL_STATE");
    assert.ok(states.includes("new.m.status") && !states.some((subject) => subject.startsWith("b.")), states.join());
    assert.ok((await subjectsIn(manager, "WATTSEAL_OCMF")).includes("b.m.ocmf"));
    const again = await run("site", "remove", "b");
    assert.deepEqual([again.code, again.out.split("\n").length], [0, 2], again.out);
    assert.match(again.out, /^keep +site b +the hub has no source and no state of it: it was already removed/);
    const setUp = await run("setup");
    assert.match(setUp.out, /^keep +stream WATTSEAL_OCMF +sources: new, /m);
  });
  await Deno.remove(files, { recursive: true });
});
