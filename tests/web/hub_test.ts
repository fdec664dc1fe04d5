import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import type { MeterRow } from "../../src/view/mod.ts";
import { fleetRoutes } from "../../src/web/fleet_routes.ts";
import { LiveFleet } from "../../src/web/mod.ts";
import { node, reading, status } from "../cli/fleet_messages.ts";
import { HubAndEdges } from "../fleet/hub_and_edges.ts";
import { EventReader } from "../support/event_reader.ts";
import { FakeTime } from "../support/fake_time.ts";

Deno.test("at a hub, a page shows the meters of all sites with an edge server", async () => {
  await using hub = await HubAndEdges.start();
  const edges = [await hub.addEdge("berlin"), await hub.addEdge("hamburg")];
  for (const { client, site } of edges) {
    const manager = await client.jetstreamManager({ checkAPI: false });
    await manager.streams.add({ name: "WATTSEAL_STATE", subjects: [`wattseal.${site}.*.status`] });
    for (const [name, payload] of [["evse-1", status("online")], ["_node", { ...node, instance: site }]] as const) {
      await client.jetstream().publish(`wattseal.${site}.${name}.status`, JSON.stringify(payload), { timeout: 30_000 });
    }
  }
  await hub.keeps(...edges.flatMap(({ site }) => [`${site}.evse-1.status`, `${site}._node.status`]));

  const time = new FakeTime();
  const live = new LiveFleet(hub.client, { prefix: "wattseal", domain: undefined, time, log: silentLog });
  await live.start();
  await using reader = new EventReader(await fleetRoutes({ live, time, log: silentLog }).request("/api/fleet"));
  const { data } = await reader.next("snapshot");
  assert.deepEqual(data.meters.map(({ site, state }: MeterRow) => `${site} ${state}`).toSorted(), [
    "berlin online",
    "hamburg online",
  ]);
  assert.deepEqual(data.connection.problems, undefined);

  const [berlin] = edges;
  berlin?.client.publish("wattseal.berlin.evse-1.reading", JSON.stringify(reading));
  const clock = setInterval(() => void time.advance(1000), 20);
  const change = await reader.next("change");
  clearInterval(clock);
  assert.deepEqual(change.data.meters.map(({ site, powerW }: MeterRow) => [site, powerW]), [["berlin", 6900.3]]);
  live.stop();
});
