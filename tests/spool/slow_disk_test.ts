import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { sizeOf } from "../../src/base/files.ts";
import { PowerCut } from "../base/power_cut.ts";
import { Writer } from "../journal/writer.ts";
import { ramFolder } from "../support/ram_folder.ts";
import { smallDiskTest } from "../support/small_disk.ts";
import { reading, readings, seconds, Setup } from "./setup.ts";

/** What the system is asked to write to the disk. It does that when the test lets it. */
class SlowDisk implements Disposable {
  readonly #open = Deno.open;
  readonly #openSync = Deno.openSync;
  #gate: PromiseWithResolvers<void> | undefined;
  /** Number of calls that have begun. */
  syncs = 0;
  isBroken = false;

  constructor() {
    Deno.open = async (path, options) => this.#slow(await this.#open(path, options));
    Deno.openSync = (path, options) => this.#slow(this.#openSync(path, options));
  }

  /** From now on, nothing is written to the disk. */
  halt(): void {
    this.#gate = Promise.withResolvers();
  }

  resume(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  #slow(file: Deno.FsFile): Deno.FsFile {
    const sync = file.sync.bind(file);
    file.sync = async () => {
      this.syncs++;
      await this.#gate?.promise;
      if (this.isBroken) throw new Error("Input/output error (os error 5)");
      await sync();
    };
    return file;
  }

  [Symbol.dispose](): void {
    this.resume();
    Deno.open = this.#open;
    Deno.openSync = this.#openSync;
  }
}

/** The readings in a database, in seconds, and that it is not damaged. */
function storedIn(path: string): number[] {
  using db = new DatabaseSync(path);
  assert.deepEqual(db.prepare("PRAGMA integrity_check").all().map((row) => row["integrity_check"]), ["ok"]);
  return db.prepare("SELECT message_id FROM readings ORDER BY seq").all()
    .map((row) => Number(String(row["message_id"]).split(":")[1]));
}

/** What the next process would find if this one was killed now. */
function afterKill({ folder, path }: Setup): number[] {
  const copy = join(folder, "copy.db");
  for (const suffix of ["", "-wal", "-shm"]) {
    if (sizeOf(copy + suffix) !== undefined) Deno.removeSync(copy + suffix);
    if (suffix !== "-shm" && sizeOf(path + suffix) !== undefined) copyFileSync(path + suffix, copy + suffix);
  }
  return storedIn(copy);
}

const logBytes = (path: string) => sizeOf(`${path}-wal`) ?? 0;
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

Deno.test("no write of the spool moves its log into the file, which would wait for the disk", async () => {
  using setup = new Setup();
  using spool = setup.open();
  let maxLogBytes = 0;
  for (let from = 0; from < 4_000; from += 200) {
    const before = Deno.readFileSync(setup.path);
    spool.add(readings(from, from + 200, 1_000));
    // A log that is moved or begins again is synced by the call that does it
    assert.equal(Buffer.compare(Deno.readFileSync(setup.path), before), 0);
    maxLogBytes = Math.max(maxLogBytes, logBytes(setup.path));
    await spool.ready();
  }
  assert.ok((sizeOf(setup.path) ?? 0) > 4_000_000);
  assert.ok(maxLogBytes < 1_000_000, String(maxLogBytes));
  assert.deepEqual(seconds(spool.oldest(9_999)), upTo(4_000));
});

Deno.test("readings wait in memory until a slow disk has the log, but at most 6 s", async () => {
  using setup = new Setup();
  using disk = new SlowDisk();
  using spool = setup.open();
  disk.halt();
  spool.add(readings(0, 200, 2_000));
  const longBytes = logBytes(setup.path);
  spool.add([reading(200)]);
  await setup.time.advance(5_900);
  assert.deepEqual([logBytes(setup.path), spool.size], [longBytes, 201]);
  await setup.time.advance(200);
  assert.ok(logBytes(setup.path) > longBytes);
  assert.deepEqual(afterKill(setup), upTo(201));
  spool.add([reading(201)]);
  await setup.time.advance(2_000);
  disk.resume();
  await spool.ready();
  assert.deepEqual(afterKill(setup), upTo(202));
  assert.ok(logBytes(setup.path) < longBytes);
  assert.equal(setup.log.count(/^(warn|error)/), 0);
});

Deno.test("a disk that does not take the log is reported once, with its end, and no reading is dropped", async () => {
  using setup = new Setup();
  using disk = new SlowDisk();
  using spool = setup.open();
  disk.isBroken = true;
  for (let from = 0; from < 800; from += 200) {
    spool.add(readings(from, from + 200, 2_000));
    await spool.ready();
  }
  disk.isBroken = false;
  spool.add(readings(800, 1_000, 2_000));
  await spool.ready();
  const lines = setup.log.lines.filter(({ level }) => level !== "debug").map(({ text }) => text.split(" {")[0]);
  assert.deepEqual(lines, [
    "error Cannot write the spool to the disk now: a power cut would lose readings that wait; check the disk",
    "info The spool is written to the disk again",
  ]);
  assert.deepEqual([spool.dropped, seconds(spool.oldest(9_999)).length], [0, 1_000]);
});

Deno.test("a log that grows faster than a slow disk moves it stays below 1 MB and one write", () => {
  using setup = new Setup();
  using disk = new SlowDisk();
  using spool = setup.open({ maxMb: 2 });
  disk.halt();
  for (let from = 0; from < 4_000; from += 200) {
    spool.add(readings(from, from + 200, 1_000));
    const bytes = logBytes(setup.path);
    assert.ok(bytes < 1_048_576 + 400_000, String(bytes));
    assert.ok((sizeOf(setup.path) ?? 0) < 2_100_000);
  }
  assert.equal(spool.size + spool.dropped, 4_000);
});

Deno.test("a kill at any time while readings are added and the log is moved loses none of the file", async () => {
  using setup = new Setup();
  using disk = new SlowDisk();
  using spool = setup.open();
  for (let count = 1; count <= 200; count++) {
    if (count % 20 === 0) disk.halt();
    spool.add([reading(count - 1, 6_000)]);
    spool.oldest(1);
    for (let turn = 0; turn < count % 4; turn++) await setImmediate();
    if (count % 5 === 0) assert.deepEqual(afterKill(setup), upTo(count));
    if (count % 20 === 10) {
      disk.resume();
      await spool.ready();
    }
  }
  assert.ok(disk.syncs > 6, String(disk.syncs));
});

Deno.test("a killed process loses nothing that it has stored, and the next one continues with its log", async () => {
  using setup = new Setup();
  let stored = 0;
  for (const more of [300, 1_000, 2_000]) {
    await using adding = new Writer(setup.folder, new URL("adding_process.ts", import.meta.url));
    await adding.stored(stored + more);
    stored = await adding.kill();
    using spool = setup.open();
    assert.ok(spool.size >= stored, `${spool.size} of ${stored}`);
    stored = spool.size;
    assert.deepEqual(seconds(spool.oldest(99_999)), upTo(stored));
  }
  assert.equal(setup.log.count(/^(warn|error)/), 0);
});

smallDiskTest("readings of a killed process can be published while the disk is full", 4_096, (disk) => {
  using setup = new Setup();
  {
    using killed = setup.open();
    killed.add(readings(0, 200, 1_000));
    // The log remains
    for (const name of ["spool.db", "spool.db-wal"]) copyFileSync(join(setup.folder, name), join(disk.path, name));
  }
  // The index of the log needs room
  disk.fill(64);
  using spool = setup.open({ folder: disk.path });
  assert.deepEqual(seconds(spool.oldest(999)), upTo(200));
  disk.free();
  for (let from = 200; from < 1_000; from += 200) spool.add(readings(from, from + 200, 1_000));
  assert.equal(spool.size + spool.dropped, 1_000);
  assert.equal(setup.log.count(/^error/), 0);
});

Deno.test("the spool begins a new file after another program has removed it", () => {
  using setup = new Setup();
  using spool = setup.open();
  spool.add([reading(0)]);
  assert.deepEqual(seconds(spool.oldest(9)), [0]);
  for (const suffix of ["", "-wal", "-shm"]) Deno.removeSync(setup.path + suffix);
  assert.deepEqual([spool.oldest(9), spool.size], [[], 0]);
  spool.add([reading(1)]);
  assert.deepEqual([seconds(spool.oldest(9)), spool.size], [[1], 1]);
});

Deno.test("a power cut while readings are added and removed loses the last moments, and leaves no damage", async () => {
  using setup = new Setup();
  // In this folder, each log has an inode of its own
  const folder = ramFolder();
  const path = join(folder, "spool.db");
  setup.open({ folder }).close();
  using cut = new PowerCut(path);
  /** The content after each write. */
  const states: number[][] = [[]];
  let synced = 0;
  cut.onSynced = () => {
    const last = states.length - 1;
    return () => synced = Math.max(synced, last);
  };
  using spool = setup.open({ folder });
  /** Makes a write, after which a state follows. It does not move the log, which would wait for the disk. */
  const write = (work: () => void, state: number[]) => {
    const before = logBytes(path);
    work();
    assert.ok(logBytes(path) >= before);
    states.push(state);
  };
  let shrunk = 0;
  const copy = join(folder, "left.db");
  for (let count = 0; count < 100; count++) {
    const added = [2 * count, 2 * count + 1];
    write(() => {
      spool.add(added.map((number) => reading(number, 11_000)));
      spool.oldest(1);
    }, [...(states.at(-1) ?? []), ...added]);
    if (count % 3 === 0) write(() => spool.remove(spool.oldest(1)), states.at(-1)?.slice(1) ?? []);
    if (count % 70 === 69) {
      const largest = sizeOf(path) ?? 0;
      write(() => spool.remove(spool.oldest(999)), []);
      await spool.ready();
      assert.ok(largest > 1_000_000 && (sizeOf(path) ?? 0) < 100_000, `${largest}, then ${sizeOf(path)}`);
      shrunk++;
    }
    for (let turn = 0; turn < count % 4; turn++) await setImmediate();
    if (count % 10 > 6) await spool.ready();
    const minState = synced;
    for (const _ of cut.leftovers(copy)) {
      const left = storedIn(copy).join();
      assert.ok(states.slice(minState).some((state) => state.join() === left), `${left} after state ${minState}`);
    }
  }
  assert.ok(shrunk === 1 && synced > 100, `${shrunk} ${synced}`);
  spool.close();
  Deno.removeSync(folder, { recursive: true });
});
