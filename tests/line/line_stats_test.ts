import assert from "node:assert/strict";
import { LineStatistics } from "../../src/line/line_stats.ts";
import { RecentTimes } from "../../src/line/recent_times.ts";
import { onFakeTimeLine } from "../support/fake_time_line.ts";

const live = { priority: "live" } as const;

Deno.test("Line.stats() counts exchanges, failures by kind, and their duration", () =>
  onFakeTimeLine((request) => {
    if (request.startsWith("01")) return "0104020144b893";
    if (request.startsWith("02")) return "02840232c1";
    if (request.startsWith("03")) return "03040201440000";
    return request.startsWith("04") ? "0104020144b893" : undefined;
  }, async (line) => {
    await line.read(1, 0x0b, 1, live);
    for (const unit of [2, 3, 4, 9]) await assert.rejects(line.read(unit, 0x0b, 1, live));
    const { utilisation, ...stats } = line.stats();
    assert.deepEqual({ ...stats, latencyMs: undefined }, {
      exchanges: 5,
      errors: 3,
      errorsByKind: { timeout: 1, crc: 1, unexpected_answer: 1, exception: 1 },
      latencyMs: undefined,
    });
    assert.ok(utilisation > 0.3 && utilisation <= 1, String(utilisation));
    await line.time.sleep(150);
    assert.ok(line.stats().utilisation < utilisation);
  }));

Deno.test("Line.unitStats() counts each unit separately", () =>
  onFakeTimeLine((request) => request.startsWith("01") ? "0104020144b893" : undefined, async (line) => {
    for (let count = 0; count < 3; count++) await line.read(1, 0x0b, 1, live);
    await assert.rejects(line.read(9, 0x0b, 1, live));
    const none = { timeout: 0, crc: 0, unexpected_answer: 0, exception: 0 };
    const { latencyMs, ...good } = line.unitStats(1);
    assert.deepEqual(good, { exchanges: 3, errors: 0, errorsByKind: none });
    assert.ok(latencyMs !== undefined && latencyMs.p50 > 0 && latencyMs.p50 <= latencyMs.p99 && latencyMs.p99 < 60);
    assert.deepEqual(line.unitStats(9), { exchanges: 1, errors: 1, errorsByKind: { ...none, timeout: 1 } });
    assert.deepEqual(line.unitStats(5), { exchanges: 0, errors: 0, errorsByKind: none });
  }));

Deno.test("Line.turnaroundMs() returns the usual turnaround of a unit", () =>
  onFakeTimeLine(async (request, _send, _nth, sleep) => {
    await sleep(request.startsWith("01") ? 20 : 1);
    return request.startsWith("01") ? "0104020144b893" : "0204020144fc93";
  }, async (line) => {
    assert.equal(line.turnaroundMs(1), undefined);
    for (let count = 0; count < 5; count++) {
      await line.read(1, 0x0b, 1, live);
      await line.read(2, 0x0b, 1, live);
    }
    const [slow, quick] = [line.turnaroundMs(1) ?? 0, line.turnaroundMs(2) ?? 0];
    assert.ok(slow >= 15 && slow < 22, String(slow));
    assert.ok(quick < 2, String(quick));
  }));

Deno.test("Line.readCostMs() includes the turnaround of the unit, if known", () =>
  onFakeTimeLine(() => "0104020144b893", async (line) => {
    assert.ok(Math.abs(line.readCostMs(1, 1) - (15 * 10 / 115.2 + 5 + 1.75)) < 1e-9);
    for (let count = 0; count < 5; count++) await line.read(1, 0x0b, 1, live);
    const turnaroundMs = line.turnaroundMs(1);
    assert.ok(turnaroundMs !== undefined);
    assert.ok(Math.abs(line.readCostMs(1, 1) - (15 * 10 / 115.2 + turnaroundMs + 1.75)) < 1e-9);
  }));

Deno.test("RecentTimes returns any quantile within 5 %, and forgets old times", () => {
  const times = new RecentTimes();
  assert.equal(times.quantile(0.5), undefined);
  for (let ms = 1; ms <= 1000; ms++) times.add(ms);
  for (const [share, ms] of [[0.5, 500], [0.99, 990], [1, 1000], [0.01, 10]] as const) {
    assert.ok(Math.abs((times.quantile(share) ?? 0) / ms - 1) < 0.06, `${share}: ${times.quantile(share)}`);
  }
  for (let count = 0; count < 5000; count++) times.add(3);
  assert.ok(Math.abs((times.quantile(0.97) ?? 0) / 3 - 1) < 0.06);
});

Deno.test("RecentTimes accepts 0 and more than a minute", () => {
  const times = new RecentTimes();
  times.add(0);
  times.add(-1);
  assert.ok((times.quantile(1) ?? 1) < 0.1);
  times.add(1e9);
  assert.ok((times.quantile(1) ?? 0) > 60_000);
});

const counted = { unit: 1, outcome: { kind: "refused", exception: 2 }, turnaroundMs: undefined } as const;

/** Adds exchanges of 250 ms, two in each second. */
function halfBusy(statistics: LineStatistics, from: number, until: number): void {
  for (let start = from; start < until; start += 500) statistics.count({ ...counted, start, end: start + 250 });
}

Deno.test("the utilisation of a line is right in its first second, and at each moment after it", () => {
  // The line was created long before its device was found
  const statistics = new LineStatistics(0);
  const openedAt = 60_300;
  statistics.opened(openedAt);
  assert.equal(statistics.at(openedAt).utilisation, 0);
  for (let now = openedAt; now < openedAt + 25_000; now += 500) {
    halfBusy(statistics, now, now + 500);
    const { utilisation } = statistics.at(now + 500);
    // The window begins with a whole second, which may be in the middle of an exchange
    assert.ok(Math.abs(utilisation - 0.5) < 0.02, `${now - openedAt}: ${utilisation}`);
  }
});

Deno.test("the utilisation of a line includes the exchange in progress, and nothing before a new connection", () => {
  const statistics = new LineStatistics(0);
  statistics.opened(1000);
  statistics.began(1500);
  assert.equal(statistics.at(2000).utilisation, 0.5);
  statistics.count({ ...counted, start: 1500, end: 2000 });
  assert.equal(statistics.at(2000).utilisation, 0.5);
  statistics.opened(3000);
  assert.equal(statistics.at(3100).utilisation, 0);
});
