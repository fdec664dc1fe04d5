import assert from "node:assert/strict";
import { join } from "node:path";
import { IntervalStore } from "../../src/interval/mod.ts";
import { Logged } from "../nats/logged.ts";
import { FakeTime } from "../support/fake_time.ts";
import { ramFolder } from "../support/ram_folder.ts";
import { smallDiskTest } from "../support/small_disk.ts";
import { interval, quarterMs, startMs } from "./samples.ts";

/** A store whose intervals wait, and their numbers in order. */
class Outage {
  readonly log = new Logged();
  readonly store: IntervalStore;
  #count = 0;

  constructor(folder: string, maxBytes?: number) {
    this.store = new IntervalStore(folder, { log: this.log, time: new FakeTime(startMs) }, maxBytes);
  }

  /** @returns whether the next intervals are saved */
  save(count = 50): boolean {
    const intervals = Array.from({ length: count }, (_, index) => {
      const fromMs = startMs + (this.#count + index) * quarterMs;
      return { ...interval, startMs: fromMs, endMs: fromMs + quarterMs };
    });
    this.#count += count;
    const fromMs = startMs + this.#count * quarterMs;
    return this.store.save({
      meter: "evse-1",
      lengthMs: quarterMs,
      origin: { meterId: "A.2024", atMs: fromMs, importWh: 1, isInterpolated: false },
      revision: 1,
      slots: [{ startMs: fromMs, runs: [], readings: 1, minutes: {}, isClockUnreliable: false }],
      neededFromMs: fromMs,
      intervals,
    });
  }

  /** Numbers of those that wait. */
  waiting(limit = 100_000): number[] {
    return this.store.waiting(limit, []).map((each) => (each.interval.startMs - startMs) / quarterMs);
  }

  deliver(): void {
    for (const each of this.store.waiting(100_000, [])) assert.ok(this.store.published(each));
  }
}

Deno.test("if the file is full, the oldest intervals that wait are dropped, and this is a problem until none waits", () => {
  const folder = ramFolder();
  const outage = new Outage(folder, 1_000_000);
  for (let count = 0; count < 100; count++) assert.ok(outage.save());
  const waiting = outage.waiting();
  assert.ok(waiting.length > 1_000 && waiting.length < 4_000, String(waiting.length));
  assert.deepEqual(waiting, Array.from({ length: waiting.length }, (_, index) => 5_000 - waiting.length + index));
  assert.equal(
    outage.log.count(/error No room for more intervals that wait for NATS, so the oldest ones are dropped/),
    1,
  );
  const lost = new RegExp(`^${5_000 - waiting.length} intervals were dropped since 2026-01-31T08:00:00.000Z, because`);
  assert.match(outage.store.problems.dropped ?? "", lost);
  outage.deliver();
  assert.deepEqual(outage.waiting(), []);
  assert.equal(outage.store.problems.dropped, undefined);
  assert.equal(outage.log.count(/info All intervals that had room are delivered/), 1);
  outage.store.close();
  assert.ok(Deno.statSync(join(folder, "intervals.db")).size <= 1_000_000);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("the file shrinks in small steps after an outage", () => {
  const folder = ramFolder();
  const path = join(folder, "intervals.db");
  const outage = new Outage(folder);
  for (let count = 0; count < 24; count++) outage.save(500);
  outage.store.close();
  const largestBytes = Deno.statSync(path).size;
  const after = new Outage(folder);
  after.deliver();
  for (let count = 0; count < 100; count++) after.save(1);
  after.store.close();
  const bytes = Deno.statSync(path).size;
  assert.ok(largestBytes > 3_000_000 && bytes < 1_500_000, `${largestBytes} bytes, then ${bytes} bytes`);
  Deno.removeSync(folder, { recursive: true });
});

smallDiskTest("intervals leave room on the disk for the journal", 8_192, async (disk) => {
  const outage = new Outage(disk.path);
  for (let count = 0; count < 400; count++) {
    assert.ok(outage.save(), outage.store.problems.failed ?? "");
    // A removed log needs room until the system has closed it
    assert.ok(await outage.store.synced());
    await disk.removed();
  }
  assert.equal(outage.waiting().at(-1), 19_999);
  assert.ok(outage.waiting().length > 5_000);
  Deno.writeFileSync(join(disk.path, "journal"), new Uint8Array(400_000));
  outage.store.close();
});

smallDiskTest("intervals stay in memory while the journal needs the rest of the disk", 8_192, (disk) => {
  disk.fill(600);
  const outage = new Outage(disk.path);
  const saved = Array.from({ length: 50 }, () => outage.save());
  assert.equal(saved.at(-1), false);
  assert.equal(
    outage.log.count(/error Cannot read or write intervals, .*; free disk space there .*reserved for the journal/),
    1,
  );
  assert.match(outage.store.problems.failed ?? "", /^Cannot use the file of intervals .*: the rest of the disk is /);
  Deno.writeFileSync(join(disk.path, "journal"), new Uint8Array(400_000));
  disk.free();
  assert.ok(outage.save());
  assert.equal(outage.store.problems.failed, undefined);
  outage.store.close();
});
