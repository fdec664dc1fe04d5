import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { NatsConnection } from "nats";
import { systemTime } from "../../src/base/time.ts";
import type { MeterHistory } from "../../src/view/mod.ts";
import { readHistory } from "../../src/web/read_history.ts";
import { openWebSite, type WebSite } from "../support/web_site.ts";

const ofMeter = { stream: "WATTSEAL_READINGS", api: "$JS.API", subject: "wattseal.berlin.evse-1.reading" };
const path = "/api/meters/berlin/evse-1/history";
const startMs = Date.parse("2026-01-31T08:00:00Z");
const timeOf = (ms: number) => new Date(ms).toISOString();

function reading(atMs: number, powerW: number): string {
  return JSON.stringify({
    timestamp: timeOf(atMs),
    meter_id: "1",
    power_W: { total: powerW },
    voltage_V: { L1: 230, L2: 231 },
  });
}

/** Stores readings of two meters, one a second, ending now. */
async function storeReadings(nats: NatsConnection, count: number): Promise<number> {
  const jetstream = nats.jetstream();
  const endMs = Date.now();
  const stored: Promise<unknown>[] = [];
  for (let index = 0; index < count; index++) {
    const atMs = endMs - (count - 1 - index) * 1_000;
    stored.push(
      jetstream.publish("wattseal.berlin.evse-1.reading", reading(atMs, index)),
      jetstream.publish("wattseal.berlin.evse-2.reading", reading(atMs, 1e6)),
    );
    if (stored.length >= 500) await Promise.all(stored.splice(0));
  }
  await Promise.all(stored);
  return endMs;
}

async function historyOf(site: WebSite, fromMs: number, toMs: number): Promise<MeterHistory> {
  const query = new URLSearchParams({ from: timeOf(fromMs), to: timeOf(toMs) });
  const response = await site.app.request(`${path}?${query}`);
  assert.equal(response.status, 200, await response.clone().text());
  return await response.json();
}

async function problemOf(site: WebSite, address: string): Promise<[status: number, code: string]> {
  const response = await site.app.request(address);
  const { code }: { code: string } = await response.json();
  return [response.status, code];
}

Deno.test("the history has the readings of the meter in the period, in the order of time", async () => {
  await using site = await openWebSite();
  const endMs = await storeReadings(site.nats, 100);
  const { points, isComplete } = await historyOf(site, endMs - 49_500, endMs + 1_000);
  assert.ok(isComplete);
  assert.deepEqual(points.map(({ powerW }) => powerW), Array.from({ length: 50 }, (_, index) => 50 + index));
  assert.deepEqual(points[0]?.voltageV, { L1: 230, L2: 231 });
  assert.equal(points.at(-1)?.at, endMs);
});

Deno.test("each of very many readings is in one of at most 1,500 means over the whole period", async () => {
  await using site = await openWebSite();
  const endMs = await storeReadings(site.nats, 6_000);
  const { points, isComplete } = await historyOf(site, endMs - 5_999_000, endMs);
  assert.ok(isComplete);
  assert.equal(points.length, 1_500);
  // Each part has four readings
  assert.deepEqual(points.map(({ powerW }) => powerW), Array.from({ length: 1_500 }, (_, part) => 4 * part + 1.5));
});

Deno.test("if there is too little time, readings are missing everywhere, not at the end of the period", async () => {
  await using site = await openWebSite();
  const takenMs: number[] = [];
  for (let batch = 0; batch < 30; batch++) {
    const stored = Array.from({ length: 500 }, async () => {
      takenMs.push(Date.now());
      await site.nats.jetstream().publish(ofMeter.subject, reading(Date.now(), 1));
    });
    await Promise.all(stored);
  }
  const [fromMs = 0, lateMs = 0] = [takenMs[0], takenMs[takenMs.length * 3 / 4]];
  let monoMs = 0;
  // Each reading takes 2 ms, so that two thirds of them can be read in 20 s
  const time = { mono: () => monoMs += 2 };
  const reader = { nats: site.nats, time, signal: new AbortController().signal };
  const period = { fromMs, toMs: Date.now(), storedToMs: undefined };
  const { points, isComplete } = await readHistory(reader, { ...ofMeter, ...period });
  assert.equal(isComplete, false);
  const late = points.filter(({ at }) => at > lateMs).length;
  assert.ok(late > points.length / 10, `${late} of ${points.length} points`);
});

Deno.test("a history is complete if the server needs half a second before it sends the first reading", async () => {
  await using site = await openWebSite();
  const fromMs = Date.now();
  for (let power = 0; power < 100; power++) {
    await site.nats.jetstream().publish(ofMeter.subject, reading(Date.now(), power));
  }
  const { inMsgs } = site.nats.stats();
  const time = { mono: () => site.nats.stats().inMsgs === inMsgs ? 0 : 500 };
  const reader = { nats: site.nats, time, signal: new AbortController().signal };
  const period = { fromMs, toMs: fromMs + 600_000, storedToMs: undefined };
  const { points, isComplete } = await readHistory(reader, { ...ofMeter, ...period });
  assert.deepEqual([isComplete, points.length], [true, 100]);
});

Deno.test("the history of a past period is complete, however many readings are stored after it", async () => {
  await using site = await openWebSite();
  const reader = { nats: site.nats, time: systemTime, signal: new AbortController().signal };
  const stored = async (count: number) => {
    const toMs = await storeReadings(site.nats, count);
    const storedToMs = Date.now();
    while (Date.now() === storedToMs) await setImmediate();
    const period = { fromMs: toMs - (count - 0.5) * 1_000, toMs, storedToMs };
    return { ...ofMeter, ...period };
  };
  const few = await stored(100);
  const many = await stored(6_000);
  await stored(10);
  const { points, isComplete } = await readHistory(reader, few);
  assert.ok(isComplete);
  assert.deepEqual(points.map(({ powerW }) => powerW), Array.from({ length: 100 }, (_, index) => index));
  const thinned = (await readHistory(reader, many)).points;
  assert.ok(thinned.length > 1_400 && thinned.length <= 1_500, `${thinned.length} points`);
  assert.ok((thinned.at(-1)?.at ?? 0) > many.toMs - 8_000);
});

Deno.test("readings are read by consumers alone, and each is limited in rate", async () => {
  await using site = await openWebSite();
  const endMs = await storeReadings(site.nats, 6_000);
  const limits: (number | undefined)[] = [];
  const others: string[] = [];
  const requests = site.nats.subscribe("$JS.API.*.>", {
    callback: (_error, message) => {
      if (message.subject.startsWith("$JS.API.CONSUMER.CREATE.")) {
        limits.push(message.json<{ config: { rate_limit_bps?: number } }>().config.rate_limit_bps);
      } else others.push(message.subject);
    },
  });
  // Few of the stored readings, then all
  await historyOf(site, endMs - 60_000, endMs);
  await historyOf(site, endMs - 6_000_000, endMs);
  requests.unsubscribe();
  assert.deepEqual([...new Set(limits)], [64_000_000]);
  assert.deepEqual([...new Set(others)], ["$JS.API.STREAM.INFO.WATTSEAL_READINGS"]);
});

Deno.test("requests that make no sense are refused, with the field", async () => {
  await using site = await openWebSite();
  await storeReadings(site.nats, 1);
  assert.deepEqual(await problemOf(site, "/api/meters/berlin/unknown/history"), [404, "not_found"]);
  for (const query of ["from=yesterday", "to=2026-01-31", "from=2026-02-01T00:00:00Z&to=2026-01-31T00:00:00Z"]) {
    assert.deepEqual(await problemOf(site, `${path}?${query}`), [400, "invalid_period"], query);
  }
  const year = "from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z";
  assert.match(await (await site.app.request(`${path}?${year}`)).text(), /at most 31 days/);
});

Deno.test("without a stream of readings, the history names the setting", async () => {
  await using site = await openWebSite({ streams: ["state"] });
  await site.publish("berlin.evse-1.reading", JSON.parse(reading(startMs, 1)));
  assert.deepEqual(await problemOf(site, path), [404, "no_stream"]);
});

Deno.test("payloads that are no readings are left out", async () => {
  await using site = await openWebSite();
  await storeReadings(site.nats, 1);
  for (const payload of ["no JSON", "{}", '{"timestamp":"2026-01-31T08:00:00.000Z","meter_id":"1"}']) {
    await site.nats.jetstream().publish("wattseal.berlin.evse-1.reading", payload);
  }
  const { points } = await historyOf(site, Date.now() - 60_000, Date.now() + 1_000);
  assert.equal(points.length, 1);
});
