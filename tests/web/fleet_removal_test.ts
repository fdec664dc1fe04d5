import assert from "node:assert/strict";
import { connect, Events } from "nats";
import { silentLog } from "../../src/base/log.ts";
import type { FleetChange, MeterRow } from "../../src/view/mod.ts";
import { node, reading, status } from "../cli/fleet_messages.ts";
import { FakeTime } from "../support/fake_time.ts";
import { openWebSite } from "../support/web_site.ts";
import { events, store } from "./fleet_events.ts";

Deno.test("a page learns since when NATS is not reachable, and afterwards what has changed meanwhile", async () => {
  const time = new FakeTime();
  await using site = await openWebSite({ time, connection: { maxReconnectAttempts: -1, reconnectTimeWait: 500 } });
  await site.publish("berlin._node.status", { ...node, ttl_s: 90 });
  await site.publish("berlin.evse-1.status", status("online"));
  await time.advance(1000);
  await using reader = await events(site);
  await reader.next("snapshot");

  const connection = site.nats.status()[Symbol.asyncIterator]();
  const until = async (type: Events) => {
    while ((await connection.next()).value?.type !== type);
  };
  await site.server.stop();
  await until(Events.Disconnect);
  await time.advance(200_000);
  const lost: FleetChange = (await reader.next("change")).data;
  assert.equal(lost.connection?.connected, false);
  assert.equal(lost.connection?.since, "2026-01-31T08:00:01.000Z");
  // A process is not lost because its reports cannot arrive
  assert.equal(site.live.meter("berlin", "evse-1")?.row.state, "online");

  await site.server.restart();
  const other = await connect({ servers: site.server.address });
  await store(other, "berlin.evse-1.status", status("offline"));
  await other.close();
  await until(Events.Reconnect);
  const clock = setInterval(() => void time.advance(1000), 20);
  for (let isShown = false; !isShown;) {
    const { data } = await reader.next("change");
    isShown = data.meters?.some((row: MeterRow) => row.state === "offline") === true;
  }
  clearInterval(clock);
  assert.equal(site.live.connection.connected, true);
});

Deno.test("a page shows the last stored reading of each meter before the first live one", async () => {
  const time = new FakeTime();
  await using site = await openWebSite({
    time,
    before: async (nats) => {
      await store(nats, "berlin.evse-1.status", status("online"));
      await store(nats, "berlin.evse-1.reading", { ...reading, timestamp: "2026-01-31T07:58:00.000Z" });
      await store(nats, "berlin.evse-1.reading", { ...reading, power_W: { total: 2 } });
      // Its states were removed, its readings stay
      await store(nats, "berlin.removed.reading", reading);
    },
  });
  const row = () => site.live.meter("berlin", "evse-1")?.row;
  while (row()?.powerW === undefined) await site.nats.flush();
  assert.partialDeepStrictEqual(row(), { powerW: 2, importWh: 12_345_678, readingAt: reading.timestamp });
  assert.equal(site.live.meter("berlin", "removed"), undefined);
  // It is a reading of an earlier time
  await site.publish("berlin.evse-1.reading", { ...reading, timestamp: "2026-01-31T08:00:01.000Z" });
  assert.equal(row()?.powerW, 6900.3);
});

Deno.test("a site and a meter whose states were removed leave the page, and a lost node with its states stays", async () => {
  const time = new FakeTime();
  const logged: string[] = [];
  await using site = await openWebSite({
    time,
    log: {
      ...silentLog,
      info: (message, fields) => logged.push(`${message}: ${Object.values(fields ?? {}).join(" ")}`),
    },
    before: async (nats) => {
      for (const name of ["berlin", "hamburg", "munich"]) {
        const meters = { "evse-1": "online", ...(name === "munich" && { "evse-3": "offline" }) };
        await store(nats, `${name}._node.status`, { ...node, instance: name, ttl_s: 90, meters });
        for (const meter of ["evse-1", "evse-2", "evse-3"]) {
          await store(nats, `${name}.${meter}.status`, status("offline"));
        }
      }
    },
  });
  await time.advance(1000);
  const manager = await site.nats.jetstreamManager();
  const purge = (filter: string) => manager.streams.purge("WATTSEAL_STATE", { filter: `wattseal.${filter}` });
  for (const filter of ["berlin.*.status", "munich.evse-2.status", "munich.evse-3.status"]) await purge(filter);
  const reports = async () => {
    const meters = { "evse-1": "online", "evse-3": "offline" };
    await site.publish("munich._node.status", { ...node, instance: "munich", ttl_s: 90, meters });
  };

  // Within their validity, nothing is removed
  await reports();
  await time.advance(62_000);
  await site.nats.flush();
  assert.ok(site.live.meter("berlin", "evse-1") !== undefined);

  const { version } = site.live;
  const has = (name: string, meter: string) => site.live.meter(name, meter) !== undefined;
  while (has("berlin", "evse-1") || has("munich", "evse-2")) {
    await reports();
    await time.advance(30_000);
    await site.nats.flush();
  }
  await time.advance(1000);
  const { removed = [] }: FleetChange = JSON.parse(site.live.changesAfter(version) ?? "{}");
  const named = removed.map(({ site, meter, instance }) => `${site} ${meter ?? instance}`);
  assert.deepEqual(named.toSorted(), [
    "berlin berlin",
    "berlin evse-1",
    "berlin evse-2",
    "berlin evse-3",
    "munich evse-2",
  ]);
  // An operator who misses a site finds out why
  const reason = "Removed from the page: nothing arrives, and the stream of states has no state of it";
  assert.deepEqual(logged, [`${reason}: berlin _node, evse-1, evse-2, evse-3`, `${reason}: munich evse-2`]);
  assert.equal(site.live.meter("hamburg", "evse-2")?.row.state, "lost");
  assert.equal(site.live.meter("munich", "evse-3")?.row.state, "offline");

  // The site comes back
  await site.publish("berlin.evse-1.status", status("online"));
  await time.advance(1000);
  assert.equal(site.live.meter("berlin", "evse-1")?.row.state, "online");
});
