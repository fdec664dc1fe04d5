import assert from "node:assert/strict";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { DatabaseLog } from "../../src/base/database_log.ts";
import { PowerCut } from "./power_cut.ts";
import { ramFolder } from "../support/ram_folder.ts";

const maxBytes = 100_000;

/** A database with numbers from 0 and its log, which is moved when it is long. */
class Setup implements Disposable {
  readonly folder = ramFolder();
  readonly path = join(this.folder, "numbers.db");
  #open: { readonly db: DatabaseSync; readonly log: DatabaseLog } | undefined;
  moving: Promise<void> = Promise.resolve();
  /** How often the log was moved and removed. */
  removed = 0;

  get open() {
    if (this.#open !== undefined) return this.#open;
    const db = new DatabaseSync(this.path);
    db.exec("PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS numbers (number INTEGER, text TEXT)");
    return this.#open = { db, log: new DatabaseLog(db, this.path, maxBytes) };
  }

  close(): void {
    this.#open?.log.close();
    this.#open = undefined;
  }

  /** Writes a number, and does what is due then, unless `isTidy` is false. @returns what was due */
  write(number: number, isTidy = true): DatabaseLog["due"] {
    const { db, log } = this.open;
    db.prepare("INSERT INTO numbers VALUES (?, ?)").run(number, "x".repeat(3_000));
    const due = isTidy ? log.due : undefined;
    if (due === "close") this.close();
    if (due === "move") {
      this.moving = log.move(() => {
        this.removed++;
        this.close();
      });
    }
    return due;
  }

  /** The numbers that the next process would find if this one was killed now. */
  afterKill(): number[] {
    const copy = join(this.folder, "copy.db");
    for (const suffix of ["", "-wal"]) {
      if (existsSync(this.path + suffix)) copyFileSync(this.path + suffix, copy + suffix);
    }
    const numbers = numbersIn(copy);
    for (const suffix of ["", "-wal", "-shm"]) if (existsSync(copy + suffix)) Deno.removeSync(copy + suffix);
    return numbers;
  }

  [Symbol.dispose](): void {
    this.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

function numbersIn(path: string): number[] {
  const db = new DatabaseSync(path);
  assert.deepEqual(db.prepare("PRAGMA integrity_check").all().map((row) => row["integrity_check"]), ["ok"]);
  const numbers = db.prepare("SELECT number FROM numbers ORDER BY rowid").all().map((row) => Number(row["number"]));
  db.close();
  return numbers;
}

const upTo = (last: number) => Array.from({ length: last + 1 }, (_, number) => number);

Deno.test("a log is moved and removed while writes continue, and a kill at any time loses none of them", async () => {
  using setup = new Setup();
  for (let number = 0; number < 400; number++) {
    setup.write(number);
    if (number % 7 === 0) assert.deepEqual(setup.afterKill(), upTo(number));
    // Some writes are made at the same moment, others while the disk works
    if (number % 50 > 40) await setup.moving;
    for (let turn = 0; turn < number % 3; turn++) await setImmediate();
  }
  await setup.moving;
  assert.ok(setup.removed > 0);
  setup.close();
  assert.deepEqual(numbersIn(setup.path), upTo(399));
});

Deno.test("a power cut at any time loses nothing that was synced, and leaves no damage", async () => {
  using setup = new Setup();
  setup.write(0);
  setup.close();
  using cut = new PowerCut(setup.path);
  let [written, synced] = [0, 0];
  cut.onSynced = () => {
    const last = written;
    return () => synced = Math.max(synced, last);
  };
  const copy = join(setup.folder, "left.db");
  for (let number = 1; number < 300; number++) {
    if (setup.write(number) === "close") cut.closed();
    written = number;
    if (number % 40 === 0) await setup.open.log.sync();
    if (number % 50 > 40) await setup.moving;
    for (let turn = 0; turn < number % 4; turn++) await setImmediate();
    const minLast = synced;
    for (const _ of cut.leftovers(copy)) {
      const left = numbersIn(copy);
      assert.deepEqual(left, upTo(left.length - 1));
      assert.ok(left.length > minLast, `${left.length} of more than ${minLast}`);
    }
  }
  await setup.moving;
  assert.ok(setup.removed > 0);
});

Deno.test("a log that is moved without other writes is removed, and the database is closed at once", async () => {
  using setup = new Setup();
  for (let number = 0; number < 20; number++) setup.write(number, false);
  const { db, log } = setup.open;
  assert.ok(log.bytes > maxBytes);
  assert.equal(log.due, "move");
  await log.move(() => setup.close());
  assert.deepEqual([db.isOpen, existsSync(`${setup.path}-wal`)], [false, false]);
  assert.deepEqual(numbersIn(setup.path), upTo(19));
});

Deno.test("while a log is moved, no second move is due; a log that grows faster than it is moved ends with a close", async () => {
  using setup = new Setup();
  for (let number = 0; number < 30; number++) setup.write(number, false);
  const { log } = setup.open;
  const moving = log.move(() => assert.fail("the database is closed already"));
  assert.equal(log.due, undefined);
  for (let number = 30; log.due !== "close"; number++) {
    assert.ok(log.bytes <= 4 * maxBytes);
    setup.write(number, false);
  }
  setup.close();
  await moving;
  assert.ok(!existsSync(`${setup.path}-wal`));
});

Deno.test("SQLite syncs a log that another program keeps open", () => {
  using setup = new Setup();
  setup.write(0);
  const other = new DatabaseSync(setup.path);
  other.exec("BEGIN; SELECT count(*) FROM numbers");
  setup.close();
  const synchronous = () => setup.open.db.prepare("PRAGMA synchronous").get()?.["synchronous"];
  assert.equal(synchronous(), 1);
  other.close();
  setup.close();
  assert.equal(synchronous(), 0);
});
