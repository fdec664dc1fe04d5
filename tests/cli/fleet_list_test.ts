import assert from "node:assert/strict";
import { FakeServedMeter } from "../nats/fakes.ts";
import { defaultStreams, FakeHealth, newClient, newNode } from "../nats/setup.ts";
import { HubAndEdges } from "../fleet/hub_and_edges.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { neededRights } from "../../src/nats/mod.ts";
import { runCommand } from "../support/run_command.ts";

const at = { since: "2020-01-31T07:00:00.000Z", timestamp: "2020-01-31T07:00:00.000Z" };

Deno.test("fleet list shows the state and the faults of all sites at a hub, whatever the clocks of the nodes are", async () => {
  await using hub = await HubAndEdges.start();
  const berlin = await hub.addEdge("berlin");
  const bonn = await hub.addEdge("bonn");
  // An edge whose node never started
  await hub.addEdge("celle");
  const health = new FakeHealth();
  health.raise("DiskSpaceLow", "3 MB are left");
  const served = new FakeServedMeter("evse-1");
  Object.assign(served.transactions, { current: { state: "running", transactionId: "tx-7" } });
  await using node = newNode({
    address: berlin.server.address,
    options: { site: "berlin", streams: { ...defaultStreams, scope: "site" } },
    identity: { instance: "one" },
    meters: [served, new FakeServedMeter("evse-2")],
    health,
  });
  node.start();
  await node.connected;
  for (const meter of ["evse-1", "evse-2"]) node.publishStatus(meter);
  node.publishFault("evse-2", { subType: "ClockNotSet", active: true, message: "no", sinceMs: 0, atMs: 0 });
  // A node whose clock is years behind, and that ran for a second
  const manager = await bonn.client.jetstreamManager({ checkAPI: false });
  await manager.streams.add({ name: "WATTSEAL_STATE", subjects: ["wattseal.bonn.*.status"] });
  const silent = {
    version: "0.0.9",
    started_at: at.since,
    state: "online",
    lines: [],
    meters: {},
    meter_stats: {},
    undelivered_records: 4,
    spooled_readings: 0,
    dropped_readings: 0,
    faults: [],
    ttl_s: 0.1,
    expires_at: at.since,
  };
  await bonn.client.jetstream().publish("wattseal.bonn._node.status", JSON.stringify(silent), { timeout: 30_000 });
  await hub.keeps(
    "berlin._node.status",
    "berlin.evse-1.status",
    "berlin.evse-2.fault.ClockNotSet",
    "bonn._node.status",
  );
  const list = (...args: string[]) => runCommand(["fleet", "list", "--server", hub.server.address, ...args]);
  const { code, out, err } = await list("--json");
  assert.deepEqual([code, err], [0, ""]);
  const [one, other, silentEdge, ...none] = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(none, []);
  assert.deepEqual([silentEdge.site, silentEdge.state, silentEdge.version], ["celle", "unknown", undefined]);
  assert.deepEqual([one.site, one.state, one.instances], ["berlin", "online", ["one"]]);
  assert.deepEqual([one.lines, one.meters], [{ "rs485-1": "open" }, { "evse-1": "online", "evse-2": "online" }]);
  assert.deepEqual(one.open_transactions, { "evse-1": "tx-7" });
  assert.deepEqual(
    one.faults.map((fault: Record<string, unknown>) => [fault["meter"], fault["sub_type"]]),
    [[undefined, "DiskSpaceLow"], ["evse-2", "ClockNotSet"]],
  );
  assert.ok(one.last_beat_s >= 0 && one.last_beat_s < 60, out);
  assert.deepEqual([other.site, other.state, other.version, other.undelivered_records], ["bonn", "lost", "0.0.9", 4]);

  const table = await list("--faults");
  assert.match(table.out, /^berlin +online +0\.1\.0 .* 1\/1 +2\/2 +1 +0 {2}DiskSpaceLow, evse-2 ClockNotSet$/m);
  assert.doesNotMatch(table.out, /bonn/);
  assert.match(table.out, /^1 of 3 sites; 1 lost, 1 with faults$/m);
  const filtered = await list("--json", "--lost", "--undelivered", "--release", "0.0.9");
  assert.deepEqual(filtered.out.trimEnd().split("\n").map((line) => JSON.parse(line).site), ["bonn"]);
});

Deno.test("fleet list finds meters that two nodes serve, and reports if there is no site", async () => {
  await using server = await startNatsServer();
  const list = (...args: string[]) => runCommand(["fleet", "list", "--server", server.address, ...args]);
  const empty = await list();
  assert.equal(empty.code, 1);
  assert.match(empty.err, /create it with fleet setup\nNo site has a status under wattseal or answers/);
  await using client = await newClient(server.address);
  for (const [place, meters] of [["evse-1"], ["evse-1", "evse-2"], ["evse-3"]].entries()) {
    const metadata = { site: "berlin", instance: `node-${place}` };
    const service = await client.services.add({ name: "wattseal", version: "1.0.0", metadata });
    for (const meter of [...meters, "_node"]) {
      const subject = `wattseal.berlin.${meter}.status.get`;
      service.addEndpoint("status_get", { subject, metadata: { site: "berlin", meter }, handler: () => {} });
    }
  }
  await client.flush();
  const { code, out, err } = await list("--json", "--duplicates");
  assert.deepEqual([code, err], [
    1,
    "Cannot read the retained states: the stream of states is missing; create it with fleet setup\n",
  ]);
  const { duplicates, instances } = JSON.parse(out);
  assert.deepEqual([duplicates, instances], [["evse-1"], ["node-0", "node-1", "node-2"]]);
  // These sites belong to another fleet
  const other = await list("--prefix", "other");
  assert.match(other.err, /No site has a status under other or answers/);
  assert.equal((await runCommand(["fleet", "list", "--server", "127.0.0.1:1"])).code, 3);
});

Deno.test("fleet list works with the permissions of a viewer", async () => {
  await using server = await startGuardedServer({
    viewer: neededRights("viewer", { prefix: "wattseal", site: "*", inboxPrefix: "_INBOX_viewer" }),
  });
  const node = newNode({
    address: server.address,
    options: { user: admin.user, password: admin.pass },
    identity: { instance: "one" },
  });
  await using _node = node;
  node.start();
  await node.connected;
  node.publishStatus("evse-1");
  const address = `nats://viewer:p@${server.address}`;
  const { code, out, err } = await runCommand(
    ["fleet", "list", "--server", address, "--inbox-prefix", "_INBOX_viewer", "--json"],
  );
  assert.deepEqual([code, err], [0, ""]);
  const { state, instances, meters } = JSON.parse(out);
  assert.deepEqual([state, instances, meters], ["online", ["one"], { "evse-1": "online" }]);
});
