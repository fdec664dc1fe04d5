import assert from "node:assert/strict";
import type { FleetChange, FleetSnapshot, MeterRow } from "../../src/view/mod.ts";
import { node, reading, status } from "../cli/fleet_messages.ts";
import { EventReader } from "../support/event_reader.ts";
import { FakeTime } from "../support/fake_time.ts";
import { openWebSite } from "../support/web_site.ts";

import { events, names, store } from "./fleet_events.ts";

Deno.test("a page gets the meters of all sites of a hub, then only what changes", async () => {
  const time = new FakeTime();
  await using site = await openWebSite({
    time,
    before: async (nats) => {
      for (const [name, meter] of [["berlin", "evse-1"], ["berlin", "evse-2"], ["hamburg", "evse-1"]]) {
        await store(nats, `${name}.${meter}.status`, status("online"));
      }
      await store(nats, "berlin._node.status", { ...node, instance: "b-1" });
      await store(nats, "berlin.evse-2.fault.CommunicationError", {
        type: "x",
        sub_type: "CommunicationError",
        severity: "High",
        active: true,
        message: "no answer",
        since: "2026-01-31T07:00:00.000Z",
        timestamp: "2026-01-31T07:00:00.000Z",
      });
    },
  });
  await using reader = await events(site);
  const first: FleetSnapshot = (await reader.next("snapshot")).data;
  assert.equal(first.connection.connected, true);
  assert.deepEqual(names(first.meters).toSorted(), ["berlin.evse-1", "berlin.evse-2", "hamburg.evse-1"]);
  const [faulty] = first.meters.filter(({ faults }) => faults.length > 0);
  assert.equal(faulty?.meter, "evse-2");
  assert.equal(faulty?.faults[0]?.subType, "CommunicationError");
  assert.partialDeepStrictEqual(first.meters.find((row) => row.site === "berlin"), {
    state: "online",
    version: "0.1.0",
    transaction: { state: "running" },
  });
  assert.deepEqual(first.nodes.map(({ site, instance, undeliveredRecords }) => [site, instance, undeliveredRecords]), [
    ["berlin", "b-1", 2],
  ]);

  await site.publish("hamburg.evse-1.reading", reading);
  await time.advance(1000);
  const change: FleetChange = (await reader.next("change")).data;
  assert.deepEqual(names(change.meters), ["hamburg.evse-1"]);
  assert.partialDeepStrictEqual(change.meters?.[0], { powerW: 6900.3, importWh: 12_345_678, state: "online" });
  assert.equal(change.nodes, undefined);
});

Deno.test("changes within a second are one event", async () => {
  const time = new FakeTime();
  await using site = await openWebSite({ time });
  await using reader = await events(site);
  await reader.next("snapshot");
  for (const powerW of [1, 2, 3]) {
    await site.publish("berlin.evse-1.reading", { ...reading, power_W: { total: powerW } });
    await time.advance(300);
  }
  await time.advance(1000);
  assert.deepEqual((await reader.next("change")).data.meters.map((row: MeterRow) => row.powerW), [3]);
});

Deno.test("a reading with a time in the future does not hide the readings after it", async () => {
  const time = new FakeTime();
  await using site = await openWebSite({ time });
  const publish = async (timestamp: string, powerW: number) => {
    await site.publish("berlin.evse-1.reading", { ...reading, timestamp, power_W: { total: powerW } });
    return site.live.meter("berlin", "evse-1")?.row.powerW;
  };
  assert.equal(await publish("2026-01-31T08:02:00.000Z", 1), 1);
  assert.equal(await publish("2026-01-31T07:59:59.000Z", 2), 2);
  // It comes from a spool
  assert.equal(await publish("2026-01-31T07:59:58.000Z", 3), 2);
  assert.equal(await publish("2026-01-31T08:00:59.000Z", 4), 4);
  assert.equal(await publish("2026-01-31T08:00:00.000Z", 5), 4);
});

Deno.test("a page that connects again gets what it has missed as one change", async () => {
  const time = new FakeTime();
  await using site = await openWebSite({ time });
  await site.publish("berlin.evse-1.status", status("online"));
  await site.publish("berlin.evse-2.status", status("online"));
  await time.advance(1000);
  let id: string | undefined;
  {
    await using reader = await events(site);
    ({ id } = await reader.next("snapshot"));
  }
  await site.publish("berlin.evse-1.status", status("offline"));
  await time.advance(1000);
  await site.publish("berlin.evse-2.status", { ...status("stopped"), removed: true });
  await site.publish("berlin.evse-3.status", status("connecting"));
  await time.advance(1000);

  await using resumed = await events(site, id);
  const { event, data } = await resumed.next();
  assert.equal(event, "change");
  assert.deepEqual(names(data.meters).toSorted(), ["berlin.evse-1", "berlin.evse-3"]);
  assert.deepEqual(data.removed, [{ site: "berlin", meter: "evse-2" }]);

  // A page that opens a new stream cannot set the header; the header is newer if both are there
  const byAddress = async (lastEventId: string, sent?: string) => {
    const sentHeaders = sent === undefined ? {} : { "Last-Event-ID": sent };
    const address = `/api/fleet?${new URLSearchParams({ last_event_id: lastEventId })}`;
    await using reader = new EventReader(await site.app.request(address, { headers: sentHeaders }));
    return await reader.next();
  };
  assert.deepEqual((await byAddress(id ?? "")).data.removed, data.removed);
  assert.equal((await byAddress("00000000-3", id)).event, "change");

  await using other = await events(site, "00000000-3");
  assert.equal((await other.next()).event, "snapshot");
});

Deno.test("a meter is lost while its process does not report in time", async () => {
  const time = new FakeTime();
  await using site = await openWebSite({ time });
  await site.publish("berlin._node.status", { ...node, ttl_s: 90 });
  await site.publish("berlin.evse-1.status", status("online"));
  await site.publish("hamburg.evse-1.status", status("online"));
  await time.advance(1000);
  await using reader = await events(site);
  await reader.next("snapshot");

  await time.advance(91_000);
  const lost: FleetChange = (await reader.next("change")).data;
  assert.deepEqual(lost.meters?.map((row) => [row.site, row.state]), [["berlin", "lost"]]);
  assert.deepEqual(lost.nodes?.map(({ isLost }) => isLost), [true]);

  await site.publish("berlin._node.status", { ...node, ttl_s: 90 });
  await time.advance(1000);
  const back: FleetChange = (await reader.next("change")).data;
  assert.deepEqual(back.meters?.map((row) => row.state), ["online"]);
});

Deno.test("a new process of a site replaces the row of the old one", async () => {
  const time = new FakeTime();
  await using site = await openWebSite({ time });
  await site.publish("berlin._node.status", { ...node, instance: "old" });
  await time.advance(1000);
  await using reader = await events(site);
  await reader.next("snapshot");
  await site.publish("berlin._node.status", { ...node, instance: "new" });
  await time.advance(1000);
  const change: FleetChange = (await reader.next("change")).data;
  assert.deepEqual(change.removed, [{ site: "berlin", instance: "old" }]);
  assert.deepEqual(change.nodes?.map(({ instance }) => instance), ["new"]);
});

Deno.test("without a change, a page gets a beat", async () => {
  const time = new FakeTime();
  await using site = await openWebSite({ time });
  await using reader = await events(site);
  await reader.next("snapshot");
  await time.advance(16_000);
  assert.match((await reader.next()).event, /^beat$/);
});

Deno.test("a page that opens a moment after another one gets its snapshot, and the changes since then", async () => {
  const time = new FakeTime();
  await using site = await openWebSite({ time });
  await using first = await events(site);
  const snapshot = await first.next("snapshot");
  await site.publish("berlin.evse-1.status", status("online"));
  await time.advance(2_000);
  await using second = await events(site);
  assert.deepEqual(await second.next(), snapshot);
  const change = await second.next();
  assert.equal(change.event, "change");
  assert.deepEqual(names(change.data.meters), ["berlin.evse-1"]);
  assert.deepEqual(await first.next("change"), change);

  await time.advance(8_000);
  await using third = await events(site);
  assert.deepEqual(names((await third.next("snapshot")).data.meters), ["berlin.evse-1"]);
  await time.advance(4_000);
  await using fourth = await events(site);
  assert.equal((await fourth.next("snapshot")).data.at, "2026-01-31T08:00:10.000Z");
  assert.deepEqual(await fourth.next(), { event: "beat", id: undefined, data: "2026-01-31T08:00:14.000Z" });
});

Deno.test("a user cannot hold the places of other users", async () => {
  const trustedProxy = { addresses: ["127.0.0.1"], userHeader: "X-Remote-User" };
  await using site = await openWebSite({ settings: { trustedProxy } });
  const open = (user: string) =>
    site.app.request("/api/fleet", { headers: { "X-Remote-User": user } }, {
      remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    });
  const answers = [];
  for (let page = 0; page < 20; page++) answers.push(await open("anna"));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const refused = await open("anna");
  assert.equal(refused.status, 503);
  assert.deepEqual(await refused.json(), {
    code: "busy",
    message: "You already have 20 open pages; end some, or wait",
  });
  const other = await open("berta");
  assert.equal(other.status, 200);
  await answers[0]?.body?.cancel();
  const next = await open("anna");
  assert.equal(next.status, 200);
  for (const { body } of [...answers.slice(1), other, next]) await body?.cancel();
});

Deno.test("a client that does not take its events loses the connection and its place", async () => {
  const time = new FakeTime();
  await using site = await openWebSite({ time });
  const answers = [];
  for (let page = 0; page < 20; page++) answers.push(await site.app.request("/api/fleet"));
  const [notRead, slow] = answers.map(({ body }) => body?.getReader());
  await slow?.read();
  await time.advance(59_000);
  assert.equal((await site.app.request("/api/fleet")).status, 503);
  await time.advance(2_000);
  for (const reader of [notRead, slow]) await assert.rejects(async () => await reader?.read(), /for 60 s/);
  assert.equal((await site.app.request("/api/fleet")).status, 200);
});
