import assert from "node:assert/strict";
import type { JetStreamManager, NatsConnection } from "nats";
import { listFleet } from "../../src/fleet/mod.ts";
import { FakeServedMeter } from "../nats/fakes.ts";
import { defaultStreams, newNode } from "../nats/setup.ts";
import { runCommand } from "../support/run_command.ts";
import { HubAndEdges } from "./hub_and_edges.ts";
import { until } from "./site_streams.ts";

async function statesOf(manager: JetStreamManager, meter: string): Promise<string[]> {
  const { state } = await manager.streams.info("WATTSEAL_STATE", { subjects_filter: `wattseal.berlin.${meter}.>` });
  return Object.keys(state.subjects ?? {}).map((subject) => subject.split(".").slice(3).join(".")).sort();
}

Deno.test("a removed meter leaves the edge, is not listed at the hub, and leaves the hub by a command", async () => {
  await using hub = await HubAndEdges.start();
  const edge = await hub.addEdge("berlin");
  const served = new FakeServedMeter("evse-2");
  await using node = newNode({
    address: edge.server.address,
    options: { site: "berlin", streams: { ...defaultStreams, scope: "site" } },
    meters: [new FakeServedMeter("evse-1"), served],
  });
  node.start();
  await node.connected;
  for (const meter of ["evse-1", "evse-2"]) {
    node.publishStatus(meter);
    node.publishPublicKey(meter);
    node.publishFault(meter, { subType: "ClockNotSet", active: true, message: "no", sinceMs: 0, atMs: 0 });
  }
  const managerOf = (client: NatsConnection) => client.jetstreamManager({ checkAPI: false });
  const [atHub, atEdge] = await Promise.all([managerOf(hub.client), managerOf(edge.client)]);
  await until(async () => (await statesOf(atHub, "evse-2")).length === 3);
  const remove = () =>
    runCommand(["fleet", "site", "remove", "berlin", "--meter", "evse-2", "--server", hub.server.address]);
  const refused = await remove();
  assert.equal(refused.code, 1);
  assert.match(refused.err, /The service of berlin serves meter evse-2 and would publish its state again/);

  await node.withdraw("evse-2", { forget: true });
  await until(async () => (await statesOf(atEdge, "evse-2")).length === 0);
  const { sites: [berlin] } = await listFleet(hub.client, { prefix: "wattseal" });
  assert.deepEqual(berlin?.meters, { "evse-1": "online" });
  assert.deepEqual(berlin?.faults.map(({ meter }) => meter), ["evse-1"]);
  const audited = await runCommand(["fleet", "audit", "--server", hub.server.address]);
  assert.doesNotMatch(audited.out, /evse-2/);

  const removed = await remove();
  assert.equal(removed.code, 0, removed.err);
  assert.deepEqual(await statesOf(atHub, "evse-2"), []);
  assert.equal((await statesOf(atHub, "evse-1")).length, 3);
});
