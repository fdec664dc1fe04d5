import assert from "node:assert/strict";
import { connect } from "nats";
import { silentLog } from "../../src/base/log.ts";
import { watch, type WatchArguments } from "../../src/cli/watch.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { newClient } from "../nats/setup.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { openSite } from "../support/site.ts";
import { HubAndEdges } from "../fleet/hub_and_edges.ts";
import { node, reading, status } from "./fleet_messages.ts";

/** Runs the command until `enough` accepts its output. */
async function watched(
  args: Partial<WatchArguments> & { server: string },
  enough: (out: string) => boolean,
  time?: FakeTime,
) {
  const stop = new AbortController();
  const written = { out: "", err: "" };
  const code = await watch({ prefix: "wattseal", json: true, ...args }, {
    out: (text) => {
      written.out += text;
      if (enough(written.out)) stop.abort();
    },
    err: (text) => written.err += text,
    env: () => undefined,
    isTerminal: false,
    terminalSize: () => undefined,
    holdTerminal: () => ({ hasKeys: false, [Symbol.dispose]: () => {} }),
    onHangup: () => {},
    interrupted: stop.signal,
  }, time);
  return { code, ...written };
}

Deno.test("watch --json prints retained and live messages, one object per line", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 }), new SimulatedMeter({ unit: 2 })] });
  const text = await Deno.readTextFile(site.config);
  const settings = loadConfig(text, { path: site.config, env: () => undefined });
  const service = await Service.start(settings, { log: silentLog });
  await using parts = new AsyncDisposableStack();
  parts.defer(() => service.stop());
  await service.metersTried;
  const kinds = (out: string) => out.trimEnd().split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const { code, out } = await watched(
    { server: site.server.address, site: "test", meter: "evse-2" },
    (out) => ["status", "node", "reading"].every((kind) => out.includes(`{"kind":"${kind}"`)),
  );
  assert.equal(code, 130);
  const news = kinds(out);
  assert.ok(news.every(({ site, meter, kind }) => site === "test" && (meter === "evse-2" || kind === "node")));
  assert.equal(news.find(({ kind }) => kind === "status").state, "online");

  const table = await watched({ server: site.server.address, json: false }, (out) => /evse-2 +online/.test(out));
  assert.equal(table.code, 130);
  assert.match(table.out, /^site +meter +state/);
});

Deno.test("watch works without JetStream, and exits with 3 if there is no connection or it is closed", async () => {
  assert.equal((await watched({ server: "127.0.0.1:1" }, () => false)).code, 3);

  await using server = await startNatsServer({ jetstream: false });
  const client = await connect({ servers: server.address });
  const send = setInterval(() => client.publish("wattseal.berlin.evse-1.status", JSON.stringify(status("online"))), 20);
  const { code, out } = await watched({ server: server.address }, (out) => out.includes("evse-1"));
  clearInterval(send);
  await client.close();
  assert.equal(code, 130);
  assert.equal(JSON.parse(out.split("\n")[0] ?? "").state, "online");

  const nowhere = await watched(
    { server: server.address, site: "nowhere", json: false },
    (out) => out.includes("received"),
  );
  assert.match(nowhere.out, /^Nothing received yet from site nowhere \(wattseal\.nowhere\.\*\.>\)\nCheck the name/m);
});

Deno.test("watch shows the messages of a hub's sources, and computes their age with the server's clock", async () => {
  await using hub = await HubAndEdges.start();
  const { client, site } = await hub.addEdge("berlin");
  const manager = await client.jetstreamManager({ checkAPI: false });
  await manager.streams.add({
    name: "WATTSEAL_STATE",
    subjects: ["wattseal.berlin.*.status", "wattseal.berlin.*.fault.*"],
  });
  const publish = async (subject: string, payload: object) =>
    await client.jetstream().publish(`wattseal.${site}.${subject}`, JSON.stringify(payload), { timeout: 30_000 });
  await publish("evse-1.status", status("online"));
  // The clock of this node is years behind
  await publish("_node.status", { ...node, ttl_s: 90, expires_at: "2020-01-31T08:01:00.000Z" });
  const atHub = await hub.client.jetstreamManager({ checkAPI: false });
  while ((await atHub.streams.info("WATTSEAL_STATE")).state.messages < 2) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { code, out } = await watched({ server: hub.server.address, json: false }, (text) => /evse-1/.test(text));
  assert.equal(code, 130);
  assert.match(out, /^berlin +evse-1 +online/m);
  assert.match(out, /^node berlin {2}online {2}version 0\.1\.0/m);
});

Deno.test("watch --once prints one table with a reading of each meter, and exits with 0, or with 1 if it is empty", async () => {
  await using server = await startNatsServer();
  const client = await connect({ servers: server.address });
  const send = setInterval(() => {
    client.publish("wattseal.berlin.evse-1.status", JSON.stringify(status("online")));
    client.publish("wattseal.berlin.evse-1.reading", JSON.stringify(reading));
  }, 20);
  const args = { server: server.address, once: true, json: false };
  const { code, out } = await watched(args, () => false);
  assert.equal(code, 0, out);
  assert.match(out, /^berlin +evse-1 +online +\d[\d.]* s +6900\.3/m);
  assert.equal(out.match(/^site/gm)?.length, 1);
  clearInterval(send);
  await client.close();
  const time = new FakeTime();
  const waiting = watched({ ...args, site: "nowhere" }, () => false, time);
  while (time.sleeping === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await time.advance(10_000);
  const empty = await waiting;
  assert.equal(empty.code, 1);
  assert.match(empty.out, /^Nothing received yet/m);
});

Deno.test("watch drops a site and a meter whose states were removed, and keeps a lost site that has states", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: "WATTSEAL_STATE", subjects: ["wattseal.*.*.status"] });
  const publish = async (subject: string, payload: object) =>
    await client.jetstream().publish(`wattseal.${subject}`, JSON.stringify(payload));
  const report = async (site: string) => await publish(`${site}._node.status`, { ...node, ttl_s: 90 });
  for (const site of ["berlin", "hamburg", "munich"]) {
    await report(site);
    for (const meter of ["evse-1", "evse-2"]) await publish(`${site}.${meter}.status`, status("online"));
  }
  const time = new FakeTime();
  let table = "";
  let isEnough = (_: string) => false;
  const watching = watched({ server: server.address, json: false }, (out) => {
    table = out.slice(out.lastIndexOf("site "));
    return isEnough(table);
  }, time);
  const rows = () => [...table.matchAll(/^(?:node )?(?:berlin|hamburg|munich)(?: +evse-\d)?/gm)].map(([row]) => row);
  const until = async (isDone: () => boolean) => {
    for (let left = 300; !isDone(); left--) {
      assert.ok(left > 0, table);
      await report("munich");
      await time.advance(10_000);
      await client.flush();
    }
  };
  await until(() => rows().length === 9);
  const purge = (filter: string) => manager.streams.purge("WATTSEAL_STATE", { filter: `wattseal.${filter}` });
  await purge("berlin.*.status");
  await purge("munich.evse-2.status");
  await until(() => rows().length === 5);
  assert.deepEqual(rows().map((row) => row.replace(/ +/g, " ")), [
    "hamburg evse-1",
    "hamburg evse-2",
    "munich evse-1",
    "node hamburg",
    "node munich",
  ]);
  isEnough = () => true;
  await time.advance(10_000);
  assert.equal((await watching).code, 130);
});
