import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { DatabaseSync } from "node:sqlite";
import type { StoredRecord } from "../../src/journal/mod.ts";
import { someBytes } from "../support/some_bytes.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

const page = 4096;

/** Fills a journal, with every second record delivered. Closes it, or leaves it as after a crash. */
function filled(folder: TempFolder, ended: "closed" | "crashed", records = 60): StoredRecord[] {
  const journal = folder.open();
  for (let n = 1; n <= records; n++) {
    journal.change({ ...openChange(`tx-${n}`), state: "running" });
    const { record } = journal.storeRecord(newRecord(`tx-${n}`, someBytes(1500, n)));
    journal.storeVerdict(record.seq, { signature: "valid", session: "ok", key: "pinned", problems: [] }, {
      pagination: n,
    });
    if (n % 2 === 0) journal.markDelivered(n, 50);
  }
  const stored = journal.records();
  const asLeft = filesOf(folder);
  journal.close();
  if (ended === "crashed") { for (const [name, bytes] of asLeft) Deno.writeFileSync(`${folder.path}/${name}`, bytes); }
  return stored;
}

function filesOf(folder: TempFolder): Map<string, Uint8Array> {
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name).filter((name) =>
    !/^lock$|-clean$/.test(name)
  );
  return new Map(names.map((name) => [name, Deno.readFileSync(`${folder.path}/${name}`)]));
}

/** Asserts that every byte still exists under another name, log and database together. */
function assertKept(before: Map<string, Uint8Array>, folder: TempFolder, movedTo: string): void {
  for (const [name, bytes] of before) {
    if (name.endsWith("-shm")) continue;
    // Not deepEqual: it takes minutes to compute the difference of a megabyte
    assert.equal(Buffer.compare(Deno.readFileSync(movedTo + name.slice("journal.db".length)), bytes), 0, name);
  }
  assert.deepEqual([...filesOf(folder).keys()].filter((name) => name.includes("salvage")), []);
}

interface Damage {
  readonly what: string;
  readonly ended: "closed" | "crashed";
  readonly does: (path: string) => void;
  readonly says: RegExp;
  /** Number of records. @default 60 */
  readonly of?: number;
  /** At least this many records must be copied. */
  readonly saves: number;
}

const garbage = (bytes: number) => someBytes(bytes);

const damages: readonly Damage[] = [
  {
    what: "a truncated database",
    ended: "closed",
    does: (path) => Deno.truncateSync(path, Math.floor(Deno.statSync(path).size * 0.7)),
    says: /malformed/,
    saves: 25,
  },
  {
    what: "a database truncated in the middle of its first page",
    ended: "closed",
    does: (path) => Deno.truncateSync(path, 100),
    says: /malformed/,
    saves: 0,
  },
  { what: "an empty database", ended: "closed", does: (path) => Deno.truncateSync(path, 0), says: /empty/, saves: 0 },
  {
    what: "an empty database with a log",
    ended: "crashed",
    does: (path) => Deno.truncateSync(path, 0),
    says: /empty, but its write-ahead log/,
    of: 12,
    saves: 12,
  },
  {
    what: "a log without a database",
    ended: "crashed",
    does: (path) => Deno.removeSync(path),
    says: /missing, but its write-ahead log/,
    of: 12,
    saves: 12,
  },
  {
    what: "a few random bytes",
    ended: "closed",
    does: (path) => Deno.writeTextFileSync(path, "no database"),
    says: /not a database/,
    saves: 0,
  },
  {
    what: "a few pages of random bytes",
    ended: "closed",
    does: (path) => Deno.writeFileSync(path, garbage(3 * page)),
    says: /not a database|unknown file format/,
    saves: 0,
  },
  ...[18, 44].map((at) => ({
    what: `a database with an unknown format at byte ${at} of its header`,
    ended: "closed" as const,
    does(path: string) {
      const bytes = Deno.readFileSync(path);
      bytes[at] = 9;
      Deno.writeFileSync(path, bytes);
    },
    says: /unknown file format/,
    saves: 60,
  })),
  {
    what: "a damaged database with a log that contains its newest pages",
    ended: "crashed",
    does(path) {
      const bytes = Deno.readFileSync(path);
      Deno.writeFileSync(path, bytes.fill(0xa5, bytes.length - 8 * page));
    },
    says: /./,
    saves: 20,
  },
  {
    what: "two damaged pages far apart",
    ended: "closed",
    does(path) {
      const bytes = Deno.readFileSync(path);
      for (const share of [0.4, 0.8]) {
        const at = Math.floor(bytes.length * share / page) * page;
        bytes.fill(0xa5, at, at + page);
      }
      Deno.writeFileSync(path, bytes);
    },
    says: /./,
    saves: 50,
  },
];

for (const { what, ended, does, says, of: records = 60, saves } of damages) {
  Deno.test(`openJournal renames ${what} byte for byte and copies the readable data`, () => {
    using folder = new TempFolder();
    const stored = new Map(filled(folder, ended, records).map((record) => [record.messageId, record]));
    does(folder.database);
    const before = filesOf(folder);
    const journal = folder.open();
    const { damaged } = journal;
    assert.ok(damaged !== undefined);
    assert.match(damaged.problem, says);
    assertKept(before, folder, damaged.movedTo);
    const after = journal.records();
    assert.equal(damaged.savedRecords, after.length);
    assert.ok(after.length >= saves, `${after.length} of ${records} saved`);
    for (const record of after) {
      if (record.verdict !== undefined) assert.deepEqual(record, stored.get(record.messageId));
    }
    if (saves === records) {
      assert.equal(journal.undelivered(), records / 2);
      assert.equal(journal.memory("BY1.2025").lastPagination, records);
      assert.equal(journal.transactions().length, records);
    }
    assert.equal(journal.storeRecord(newRecord("tx-new")).created, true);
    assert.equal(folder.reopen().damaged, undefined);
  });
}

Deno.test("openJournal renames a log with an invalid header and reports no damage", () => {
  const flipped = (at: number) => (log: Uint8Array) => log.map((byte, index) => index === at ? byte ^ 1 : byte);
  for (
    const damagePages of [
      () => garbage(9000),
      (log: Uint8Array) => log.subarray(0, 31),
      flipped(2),
      flipped(9),
      flipped(30),
    ]
  ) {
    using folder = new TempFolder();
    filled(folder, "crashed");
    folder.sql((db) => db.exec("PRAGMA wal_checkpoint"));
    folder.open().markDelivered(1, 60);
    const log = damagePages(filesOf(folder).get("journal.db-wal") ?? new Uint8Array());
    const stored = folder.journal.records();
    folder.journal.close();
    Deno.writeFileSync(`${folder.database}-wal`, log);
    const journal = folder.open();
    assert.equal(journal.damaged, undefined);
    assert.match(journal.invalidLog ?? "", /journal\.db-wal\.invalid-2026-01-31T080000\.000Z$/);
    assert.deepEqual(Deno.readFileSync(journal.invalidLog ?? ""), log);
    assert.deepEqual(journal.records(), stored);
    assert.equal(folder.reopen().invalidLog, undefined);
  }
});

Deno.test("openJournal keeps the data that a crash left in the log of an intact database", () => {
  using folder = new TempFolder();
  const stored = filled(folder, "crashed");
  assert.equal(folder.open().damaged, undefined);
  assert.equal(folder.journal.invalidLog, undefined);
  assert.deepEqual(folder.journal.records(), stored);
});

Deno.test("openJournal clears the verdict of a copied record whose bytes have changed", () => {
  using folder = new TempFolder();
  const [stored] = filled(folder, "closed");
  assert.ok(stored !== undefined);
  const bytes = Deno.readFileSync(folder.database);
  for (const at of placesOf(bytes, stored.ocmf)) bytes.set(garbage(8), at + 700);
  bytes.fill(0xa5, bytes.length - page);
  Deno.writeFileSync(folder.database, bytes);
  assert.ok(folder.open().damaged !== undefined);
  const saved = folder.journal.record(stored.seq);
  assert.equal(saved?.messageId, stored.messageId);
  assert.notDeepEqual(saved?.ocmf, stored.ocmf);
  assert.equal(saved?.verdict, undefined);
});

Deno.test("openJournal copies a transaction whose record is lost", () => {
  using folder = new TempFolder();
  const stored = filled(folder, "closed");
  const victim = stored[30];
  assert.ok(victim !== undefined);
  const bytes = Deno.readFileSync(folder.database);
  for (const at of placesOf(bytes, victim.ocmf)) bytes.fill(0xa5, at - at % page, at - at % page + page);
  Deno.writeFileSync(folder.database, bytes);
  const journal = folder.open();
  assert.ok(journal.damaged !== undefined);
  assert.equal(journal.record(victim.seq), undefined);
  const transaction = journal.transaction("evse-1", victim.transactionId ?? "");
  assert.deepEqual([transaction?.state, transaction?.recordSeq], ["finished", undefined]);
  assert.equal(journal.transactions().length, stored.length);
});

Deno.test("openJournal keeps two damaged journals of the same time under different names", () => {
  using folder = new TempFolder();
  const movedTo = [1, 2, 3].map((count) => {
    Deno.writeTextFileSync(folder.database, `garbage ${count}`);
    const { damaged } = folder.open();
    folder.journal.close();
    return damaged?.movedTo ?? "";
  });
  assert.deepEqual(movedTo.map((path) => Deno.readTextFileSync(path)), ["garbage 1", "garbage 2", "garbage 3"]);
});

Deno.test("a crash at any step of the first start leaves no damaged journal", () => {
  using folder = new TempFolder();
  const steps: Map<string, Uint8Array>[] = [];
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function (sql) {
    steps.push(filesOf(folder));
    exec.call(this, sql);
  };
  try {
    folder.open();
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
  assert.ok(steps.length > 3);
  for (const [step, files] of steps.entries()) {
    using crashed = new TempFolder();
    for (const [name, bytes] of files) Deno.writeFileSync(`${crashed.path}/${name}`, bytes);
    const journal = crashed.open();
    assert.equal(journal.damaged, undefined, `step ${step}: ${[...files.keys()].join(", ")}`);
    journal.change({ ...openChange("tx-1"), state: "running" });
    assert.equal(crashed.reopen().transactions().length, 1);
    assert.deepEqual([...filesOf(crashed).keys()].filter((name) => /new|damaged/.test(name)), []);
  }
});

Deno.test("openJournal reports an empty journal as damaged, also if nothing else is there", () => {
  using folder = new TempFolder();
  Deno.writeFileSync(folder.database, new Uint8Array());
  assert.equal(folder.open().damaged?.problem, "the database is empty");
});

Deno.test("openJournal opens a journal whose creation a crash of an earlier release interrupted", () => {
  using folder = new TempFolder();
  new DatabaseSync(folder.database).close();
  Deno.writeFileSync(folder.database, new Uint8Array());
  Deno.writeFileSync(`${folder.database}-journal`, new Uint8Array());
  assert.equal(folder.open().damaged, undefined);
});

/** The positions of a record in a file; free pages may contain it again. */
function placesOf(bytes: Uint8Array, wanted: Uint8Array): number[] {
  const head = wanted.subarray(0, 16);
  const places = [...bytes.keys()].filter((at) => head.every((byte, index) => bytes[at + index] === byte));
  assert.ok(places.length > 0);
  return places;
}
