import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { minuteMs } from "../../src/base/time.ts";
import { IntervalRecorder, IntervalStore } from "../../src/interval/mod.ts";
import { Logged } from "../nats/logged.ts";
import { FakeTime } from "../support/fake_time.ts";
import { ramFolder } from "../support/ram_folder.ts";
import { quarterMs, short, startMs } from "./samples.ts";

/** A folder of state, and the processes that use it one after the other. */
class Setup implements Disposable {
  readonly folder = ramFolder();
  readonly log = new Logged();
  readonly time = new FakeTime(startMs);
  isSynchronised: boolean | undefined = true;
  store = this.#open();

  #open(): IntervalStore {
    return new IntervalStore(this.folder, this);
  }

  /** Ends the process without a last call, as a kill does. */
  kill(): void {
    this.store.close();
    this.store = this.#open();
  }

  recorder(intervalMinutes = 15): IntervalRecorder {
    const { store, time } = this;
    return new IntervalRecorder({
      meter: "evse-1",
      intervalMinutes,
      store,
      time,
      clockSynchronised: () => this.isSynchronised,
    });
  }

  /** A reading now, with 10 Wh more in each minute since the start. */
  read(recorder: IntervalRecorder): boolean {
    const takenAtMs = this.time.now();
    const energyImportWh = Math.floor((this.time.mono() * 10) / minuteMs);
    return recorder.add({ meterId: "A", takenAtMs, energyImportWh, powerW: 600, isReading: true });
  }

  get waiting(): string[] {
    return this.store.waiting(10, []).map(({ meter, interval }) => `${meter} ${short(interval)}`);
  }

  /** Damages the open file, so that the next use reports it. */
  damage(): void {
    const path = join(this.folder, "intervals.db");
    const other = new DatabaseSync(path);
    // The process must read the file again
    other.exec("PRAGMA user_version = 1; PRAGMA wal_checkpoint(TRUNCATE)");
    other.close();
    using file = Deno.openSync(path, { write: true });
    file.seekSync(100, Deno.SeekMode.Start);
    file.writeSync(new Uint8Array(50_000).fill(0xff));
  }

  [Symbol.dispose](): void {
    this.store.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("an interval continues after a restart, and is stored with what both processes have read", async () => {
  using setup = new Setup();
  const before = setup.recorder();
  for (let minute = 0; minute < 9; minute++) {
    setup.read(before);
    await setup.time.advance(minuteMs);
  }
  before.store();
  setup.kill();
  const after = setup.recorder();
  for (let minute = 9; minute < 15; minute++) {
    assert.equal(setup.read(after), false);
    await setup.time.advance(minuteMs);
  }
  assert.equal(setup.read(after), true);
  const [waiting] = setup.store.waiting(10, []);
  assert.ok(waiting !== undefined);
  assert.deepEqual([waiting.meter, waiting.lengthMs, short(waiting.interval)], [
    "evse-1",
    quarterMs,
    "0-15: 150 measured",
  ]);
  assert.deepEqual([waiting.interval.readings, waiting.interval.largestMinuteW], [15, 600]);
});

Deno.test("a killed process loses readings since the last minute, but no energy and no interval", async () => {
  using setup = new Setup();
  const before = setup.recorder();
  setup.read(before);
  before.store();
  await setup.time.advance(14 * minuteMs);
  setup.read(before);
  before.store();
  await setup.time.advance(50_000);
  setup.read(before);
  setup.kill();
  const after = setup.recorder();
  await setup.time.advance(30_000);
  setup.read(after);
  assert.deepEqual(setup.waiting, ["evse-1 0-15: 150 interpolated"]);
});

Deno.test("intervals wait until they are published, also across a restart", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  for (let minute = 0; minute <= 45; minute++) {
    setup.read(recorder);
    await setup.time.advance(minuteMs);
  }
  const [first] = setup.store.waiting(1, []);
  assert.ok(first !== undefined && setup.store.published(first));
  setup.kill();
  assert.deepEqual(setup.waiting, ["evse-1 15-30: 150 measured", "evse-1 30-45: 150 measured"]);
  assert.deepEqual(setup.store.waiting(10, ["evse-1"]), []);
});

Deno.test("each minute, the unfinished interval of a meter costs one page of the disk", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  const db = new DatabaseSync(join(setup.folder, "intervals.db"));
  const pages: unknown[] = [];
  for (let minute = 0; minute < 5; minute++) {
    setup.read(recorder);
    recorder.store();
    // The log then begins again with the next write
    pages.push(db.prepare("PRAGMA wal_checkpoint").get()?.["log"]);
    await setup.time.advance(minuteMs);
  }
  db.close();
  assert.deepEqual(pages.slice(1), [1, 1, 1, 1]);
});

Deno.test("the intervals that wait can be written to the disk while the file is used", async () => {
  using setup = new Setup();
  assert.equal(await setup.store.synced(), true);
  const recorder = setup.recorder();
  for (let minute = 0; minute <= 45; minute++) {
    setup.read(recorder);
    await setup.time.advance(minuteMs);
    if (minute % 15 === 0) assert.equal(await setup.store.synced(), true);
  }
  assert.equal(setup.waiting.length, 3);
  setup.kill();
  assert.equal(await setup.store.synced(), true);
  assert.equal(setup.waiting.length, 3);
});

Deno.test("a clock that is set or not synchronised makes the intervals doubtful", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  for (let minute = 0; minute <= 60; minute++) {
    setup.isSynchronised = minute > 20;
    if (minute === 40) setup.time.setWall(setup.time.now() + 3_000);
    setup.read(recorder);
    await setup.time.advance(minuteMs);
  }
  assert.deepEqual(setup.waiting.map((text) => text.split(" ").slice(1).join(" ")), [
    "0-15: 150 clock_unsynchronised",
    "15-30: 150 clock_unsynchronised",
    "30-45: 150 clock_unsynchronised",
    "45-60: 150 measured",
  ]);
});

Deno.test("a reading that takes longer than the energies at a boundary leaves its interval as measured", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  const meterId = "A";
  for (let minute = 0; minute < 15; minute++) {
    setup.read(recorder);
    await setup.time.advance(minuteMs);
  }
  const boundary = { meterId, takenAtMs: setup.time.now(), energyImportWh: 151, isReading: false };
  assert.equal(recorder.add(boundary), true);
  await setup.time.advance(10_000);
  recorder.add({ meterId, takenAtMs: boundary.takenAtMs - 8_000, energyImportWh: 150, powerW: 600, isReading: true });
  for (let minute = 15; minute <= 30; minute++) {
    await setup.time.advance(minuteMs);
    setup.read(recorder);
  }
  const found = setup.store.waiting(10, []).map(({ interval }) => [short(interval), interval.readings]);
  assert.deepEqual(found, [["0-15: 151 measured", 15], ["15-30: 148 interpolated", 15]]);
});

Deno.test("values with an impossible time are ignored", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  for (let minute = 0; minute <= 30; minute++) {
    const isBooting = minute >= 10 && minute < 13;
    const nowMs = setup.time.now();
    if (isBooting) setup.time.setWall(60_000);
    setup.read(recorder);
    if (isBooting) setup.time.setWall(nowMs);
    await setup.time.advance(minuteMs);
  }
  assert.deepEqual(setup.waiting, ["evse-1 0-15: 150 measured", "evse-1 15-30: 150 measured"]);
});

Deno.test("late values with a time after the present one are ignored: they would stop the intervals until then", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  setup.read(recorder);
  const wrong = [minuteMs, 300 * 24 * 60 * minuteMs, 1e14].map((afterMs) => setup.time.now() + afterMs);
  recorder.addLate(
    wrong.map((takenAtMs) => ({ meterId: "A", takenAtMs, energyImportWh: 5, powerW: 9_000, isReading: true })),
  );
  for (let minute = 1; minute <= 15; minute++) {
    await setup.time.advance(minuteMs);
    setup.read(recorder);
  }
  const found = setup.store.waiting(10, []).map(({ interval }) => [short(interval), interval.largestMinuteW]);
  assert.deepEqual(found, [["0-15: 150 measured", 600]]);
});

Deno.test("another length of the intervals begins at its next boundary", async () => {
  using setup = new Setup();
  setup.read(setup.recorder());
  setup.kill();
  const recorder = setup.recorder(5);
  for (let minute = 0; minute <= 11; minute++) {
    setup.read(recorder);
    await setup.time.advance(minuteMs);
  }
  assert.deepEqual(setup.waiting, ["evse-1 0-5: 50 measured", "evse-1 5-10: 50 measured"]);
});

Deno.test("what cannot be written is written later", async () => {
  using setup = new Setup();
  let isFull = true;
  const save = setup.store.save.bind(setup.store);
  setup.store.save = (change) => !isFull && save(change);
  const recorder = setup.recorder();
  for (let minute = 0; minute <= 16; minute++) {
    assert.equal(setup.read(recorder), false);
    await setup.time.advance(minuteMs);
  }
  isFull = false;
  recorder.store();
  assert.deepEqual(setup.waiting, ["evse-1 0-15: 150 measured"]);
});

Deno.test("while nothing can be written, the last 200 intervals stay in memory", async () => {
  using setup = new Setup();
  let isFull = true;
  const save = setup.store.save.bind(setup.store);
  setup.store.save = (change) => !isFull && save(change);
  const recorder = setup.recorder();
  for (let quarter = 0; quarter <= 210; quarter++) {
    setup.read(recorder);
    await setup.time.advance(quarterMs);
  }
  isFull = false;
  recorder.store();
  const waiting = setup.store.waiting(1_000, []).map((each) => (each.interval.startMs - startMs) / quarterMs);
  assert.deepEqual(waiting, Array.from({ length: 200 }, (_, index) => 10 + index));
  assert.match(setup.store.problems.dropped ?? "", /^10 intervals were dropped since /);
});

Deno.test("an error that is not one of the disk does not ask for more space", () => {
  using setup = new Setup();
  setup.read(setup.recorder());
  setup.recorder().store();
  const db = new DatabaseSync(join(setup.folder, "intervals.db"));
  setup.read(setup.recorder());
  db.exec("INSERT OR REPLACE INTO meters VALUES ('evse-1', 900000, '{ not JSON', 1)");
  db.close();
  setup.recorder();
  assert.equal(setup.log.count(/error Cannot read or write intervals, .* wait in memory {/), 1);
});

Deno.test("a damaged file is renamed, and a new one is started", () => {
  using setup = new Setup();
  setup.store.close();
  Deno.writeTextFileSync(join(setup.folder, "intervals.db"), "not a database ".repeat(500));
  setup.kill();
  setup.read(setup.recorder());
  assert.equal(setup.log.count(/warn The file of intervals was damaged and has been renamed/), 1);
  assert.ok(Deno.statSync(join(setup.folder, "intervals.db.damaged")).isFile);
});

Deno.test("after damage in operation and a restart, no interval is missing and none becomes a gap", async () => {
  using setup = new Setup();
  const { time } = setup;
  const readUntil = async (recorder: IntervalRecorder, minutes: number) => {
    for (; time.mono() <= minutes * minuteMs; await time.advance(minuteMs)) {
      setup.read(recorder);
      recorder.store();
    }
  };
  const recorder = setup.recorder();
  await readUntil(recorder, 37);
  for (const each of setup.store.waiting(10, [])) assert.ok(setup.store.published(each));
  setup.damage();
  await readUntil(recorder, 50);
  assert.equal(setup.log.count(/warn The file of intervals was damaged and has been renamed/), 1);
  setup.kill();
  await readUntil(setup.recorder(), 60);
  // Whether the first ones were published is not known any more
  assert.deepEqual(setup.waiting, [
    "evse-1 0-15: 150 measured",
    "evse-1 15-30: 150 measured",
    "evse-1 30-45: 150 measured",
    "evse-1 45-60: 150 measured",
  ]);
});

Deno.test("an interval of a new file does not count as published because one of the damaged file was", async () => {
  using setup = new Setup();
  const recorder = setup.recorder();
  for (let minute = 0; minute <= 31; minute++) {
    setup.read(recorder);
    await setup.time.advance(minuteMs);
  }
  const [, second] = setup.store.waiting(10, []);
  assert.ok(second !== undefined);
  setup.damage();
  recorder.store();
  recorder.store();
  assert.equal(setup.waiting.length, 2);
  setup.store.published({ ...second, seq: 1 });
  assert.equal(setup.waiting.length, 2);
});

Deno.test("a file of a later release is kept under another name", () => {
  using setup = new Setup();
  const path = join(setup.folder, "intervals.db");
  const db = new DatabaseSync(path);
  db.exec("PRAGMA user_version = 99");
  db.close();
  setup.recorder();
  const renamed = new DatabaseSync(`${path}.damaged`);
  assert.deepEqual({ ...renamed.prepare("PRAGMA user_version").get() }, { user_version: 99 });
  renamed.close();
});

Deno.test("without intervals there is no file", () => {
  using setup = new Setup();
  assert.deepEqual(setup.store.waiting(10, []), []);
  assert.deepEqual([...Deno.readDirSync(setup.folder)], []);
});
