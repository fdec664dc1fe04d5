import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import { openJournal, openJournalReader, ThreadJournal } from "../../src/journal/mod.ts";
import { fileId, OpenFiles } from "../../src/journal/open_files.ts";
import { smallDiskTest } from "../support/small_disk.ts";
import { someBytes } from "../support/some_bytes.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

const now = () => Date.UTC(2026, 0, 31, 8);

const removals: readonly { what: string; does: (folder: TempFolder) => void }[] = [
  { what: "all files", does: (folder) => removeFiles(folder.database, ["", "-wal", "-shm"]) },
  { what: "the database alone", does: (folder) => removeFiles(folder.database, [""]) },
  { what: "the log alone", does: (folder) => removeFiles(folder.database, ["-wal"]) },
  {
    what: "the log while another process begins to read",
    does: ({ database }) => {
      removeFiles(database, ["-wal"]);
      readFromOutside(database);
    },
  },
  {
    what: "all files while another process begins to read",
    does: ({ database }) => {
      removeFiles(database, ["-wal"]);
      readFromOutside(database);
      removeFiles(database, ["-shm", ""]);
    },
  },
  { what: "the whole folder", does: (folder) => Deno.removeSync(folder.path, { recursive: true }) },
  { what: "a renamed database", does: (folder) => Deno.renameSync(folder.database, `${folder.database}.away`) },
];

function removeFiles(database: string, suffixes: readonly string[]): void {
  for (const suffix of suffixes) Deno.removeSync(database + suffix);
}

/** SQLite creates a missing log, also for a connection that only reads, and then misses what the old log contained. */
function readFromOutside(database: string): void {
  const db = new DatabaseSync(database, { readOnly: true });
  assert.throws(() => db.prepare("SELECT count(*) FROM records").get(), { message: "disk I/O error" });
  db.close();
  assert.equal(Deno.statSync(`${database}-wal`).size, 0);
}

const idsIn = (folder: string) => {
  const reader = openJournalReader(folder);
  const ids = reader.records().map(({ transactionId }) => transactionId);
  reader.close();
  return ids;
};

for (const { what, does } of removals) {
  Deno.test(`Journal loses nothing and continues when it is removed in use: ${what}`, () => {
    using folder = new TempFolder();
    const journal = folder.open();
    journal.change({ ...openChange("tx-1"), state: "running" });
    journal.storeRecord(newRecord("tx-1"));
    does(folder);
    journal.check();
    assert.deepEqual(idsIn(folder.path), ["tx-1"]);
    journal.storeRecord(newRecord("tx-2"));
    does(folder);
    journal.storeRecord(newRecord("tx-3"));
    assert.deepEqual(idsIn(folder.path), ["tx-1", "tx-2", "tx-3"]);
    assert.deepEqual([journal.state, journal.records().length], [
      { reopened: 2, damage: undefined, failing: false },
      3,
    ]);
    does(folder);
    assert.equal(folder.reopen().damaged, undefined);
    assert.deepEqual(folder.journal.records().map(({ seq }) => seq), [1, 2, 3]);
    assert.throws(() => openJournal(folder.path, { now }), { code: "locked" });
  });
}

for (const times of [1, 5]) {
  Deno.test(`Journal loses nothing if its new files are removed before they are open: ${times} times`, () => {
    using folder = new TempFolder();
    let left = times;
    const journal = openJournal(folder.path, {
      now,
      failpoint: (name) => {
        if (name === "journal.rewritten" && left-- > 0) removeFiles(folder.database, [""]);
      },
    });
    journal.storeRecord(newRecord("tx-1"));
    removeFiles(folder.database, ["", "-wal", "-shm"]);
    if (times > 3) {
      assert.throws(() => journal.storeRecord(newRecord("tx-2")), {
        code: "write_failed",
        message: /its file is removed repeatedly; end the program that removes files in /,
      });
    }
    journal.storeRecord(newRecord("tx-2"));
    assert.deepEqual([idsIn(folder.path), journal.state.reopened], [["tx-1", "tx-2"], 1]);
    journal.close();
  });
}

Deno.test("Journal keeps what another process has written to a log in the place of the removed one", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  journal.storeRecord(newRecord("tx-1"));
  removeFiles(folder.database, ["", "-wal"]);
  Deno.writeTextFileSync(`${folder.database}-wal`, "of another process");
  journal.check();
  const kept = [...Deno.readDirSync(folder.path)].find(({ name }) => name.includes("-wal.invalid-2026"));
  assert.equal(Deno.readTextFileSync(`${folder.path}/${kept?.name}`), "of another process");
  assert.deepEqual(idsIn(folder.path), ["tx-1"]);
});

Deno.test("Journal is written again if its file is removed as soon as SQLite has opened it", () => {
  using folder = new TempFolder();
  folder.open().close();
  const databaseId = fileId(folder.database) ?? "";
  const db = new DatabaseSync(folder.database);
  removeFiles(folder.database, [""]);
  const files = new OpenFiles(folder.database, { databaseId, hasLog: false });
  assert.equal(files.locate(), "removed");
  db.close();
});

Deno.test("ThreadJournal reads what it has written after its files were removed in use", async () => {
  using folder = new TempFolder();
  const journal = await ThreadJournal.open(folder.path, { now });
  await journal.storeRecord(newRecord("tx-1"));
  removeFiles(folder.database, ["", "-wal", "-shm"]);
  await journal.storeRecord(newRecord("tx-2"));
  assert.deepEqual([journal.records().length, journal.reopened, idsIn(folder.path).length], [2, 1, 2]);
  removeFiles(folder.database, [""]);
  await journal.end();
  assert.deepEqual(idsIn(folder.path), ["tx-1", "tx-2"]);
});

/** What another process gets that wants the database for itself, as `sqlite3` does to remove the log when it ends. */
async function lockElsewhere(database: string): Promise<string> {
  const code = `
    import { DatabaseSync } from "node:sqlite";
    const db = new DatabaseSync(${JSON.stringify(database)});
    db.exec("PRAGMA locking_mode = EXCLUSIVE");
    db.prepare("SELECT count(*) FROM records").get();`;
  const { stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", "--no-config", code] }).output();
  return new TextDecoder().decode(stderr);
}

Deno.test("ThreadJournal locks its database against other processes, also after its files were removed", async () => {
  using folder = new TempFolder();
  const journal = await ThreadJournal.open(folder.path, { now });
  await journal.storeRecord(newRecord("tx-1"));
  assert.match(await lockElsewhere(folder.database), /database is locked/);
  removeFiles(folder.database, ["", "-wal", "-shm"]);
  await journal.storeRecord(newRecord("tx-2"));
  assert.match(await lockElsewhere(folder.database), /database is locked/);
  await journal.storeRecord(newRecord("tx-3"));
  assert.deepEqual([journal.reopened, journal.records().length], [1, 3]);
  await journal.end();
});

Deno.test("Journal refuses writes after another file has replaced it, and keeps a copy of its data", () => {
  using folder = new TempFolder();
  using other = new TempFolder();
  other.open().storeRecord(newRecord("other"));
  other.journal.close();
  const journal = folder.open();
  journal.storeRecord(newRecord("tx-1"));
  const original = `${folder.database}.original`;
  Deno.linkSync(folder.database, original);
  Deno.renameSync(other.database, folder.database);
  for (const id of ["tx-2", "tx-3"]) {
    assert.throws(() => journal.storeRecord(newRecord(id)), {
      code: "write_failed",
      message: /another file has replaced it; a copy of the journal is .*journal\.db\.replaced-2026/,
    });
  }
  assert.throws(() => journal.check(), { code: "write_failed" });
  // SQLite would use a log of the old database for the other file
  assert.deepEqual(idsIn(folder.path), ["other"]);
  const kept = [...Deno.readDirSync(folder.path)].map(({ name }) => name).filter((name) => name.includes("replaced"));
  const db = new DatabaseSync(`${folder.path}/${kept[0]}`, { readOnly: true });
  assert.deepEqual(db.prepare("SELECT transaction_id FROM records").all().map((row) => row["transaction_id"]), [
    "tx-1",
  ]);
  db.close();
  assert.equal(kept.length, 1);
  Deno.writeTextFileSync(`${folder.database}-wal`, "the log of the other one");
  journal.close();
  assert.equal(Deno.readTextFileSync(`${folder.database}-wal`), "the log of the other one");
});

Deno.test("Journal continues after its own file is moved back to its place", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  journal.storeRecord(newRecord("tx-1"));
  Deno.renameSync(folder.database, `${folder.database}.away`);
  Deno.writeTextFileSync(folder.database, "another");
  assert.throws(() => journal.check(), { code: "write_failed" });
  Deno.renameSync(`${folder.database}.away`, folder.database);
  journal.storeRecord(newRecord("tx-2"));
  assert.deepEqual(idsIn(folder.path), ["tx-1", "tx-2"]);
  assert.equal(folder.reopen().damaged, undefined);
  assert.equal(folder.journal.records().length, 2);
});

Deno.test("openJournal uses the complete copy of a removed journal that an interrupted process has left", () => {
  using folder = new TempFolder();
  folder.open().storeRecord(newRecord("tx-1"));
  folder.journal.close();
  folder.sql((db) => db.exec("INSERT INTO rebuilds (moved_to, problem, records, at) VALUES ('', 'removed', 0, 1)"));
  Deno.renameSync(folder.database, `${folder.database}.new`);
  Deno.writeTextFileSync(`${folder.database}-wal`, "of the removed one");
  assert.equal(folder.open().damaged, undefined);
  assert.deepEqual(idsIn(folder.path), ["tx-1"]);
});

Deno.test("Journal takes its lock again after the lock file is removed", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  Deno.removeSync(`${folder.path}/lock`);
  journal.check();
  assert.throws(() => openJournal(folder.path, { now }), { code: "locked" });
});

/** Overwrites all but the first page of a database that is in use. */
function damagePages(folder: TempFolder): void {
  folder.sql((db) => db.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
  using file = Deno.openSync(folder.database, { write: true });
  file.seekSync(4096, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(file.statSync().size - 4096).fill(0xaa));
  // A write of another connection invalidates the cache
  folder.sql((db) => db.exec("PRAGMA user_version = 3"));
}

Deno.test("Journal writes nothing after it detects damage, and the next start copies the readable data", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  for (const id of ["tx-1", "tx-2"]) journal.storeRecord(newRecord(id));
  damagePages(folder);
  const refusal = { code: "write_failed", message: /it is damaged: restart the service/ };
  assert.throws(() => journal.storeRecord(newRecord("tx-3")), refusal);
  assert.match(journal.damage ?? "", /malformed|error code 11/);
  for (const write of [() => journal.probe(), () => journal.check(), () => journal.prune(0)]) {
    assert.throws(write, refusal);
  }
  assert.ok(folder.reopen().damaged !== undefined);
  assert.equal(folder.journal.storeRecord(newRecord("tx-4")).created, true);
});

Deno.test("Journal detects a page that another process has overwritten, even if the old page is still in memory", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  for (let n = 1; n <= 30; n++) journal.storeRecord(newRecord(`tx-${n}`, new Uint8Array(1500).fill(n)));
  folder.sql((db) => db.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
  journal.check();
  using file = Deno.openSync(folder.database, { write: true });
  file.seekSync(Math.floor(file.statSync().size / 8192) * 4096, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(4096).fill(0xaa));
  // The file times of the system may not change for some milliseconds
  Deno.utimeSync(folder.database, new Date(), new Date(Date.now() + 1000));
  assert.throws(() => journal.check(), { code: "write_failed", message: /it is damaged: restart the service/ });
  assert.ok(journal.damage !== undefined);
});

Deno.test("LiveJournal writes nothing after a read detects damage", async () => {
  using folder = new TempFolder();
  const journal = folder.live;
  await journal.storeRecord(newRecord("tx-1"));
  damagePages(folder);
  assert.throws(() => journal.records(), { code: "read_failed" });
  assert.match(journal.damage ?? "", /malformed/);
  await assert.rejects(journal.probe(), { code: "write_failed", message: /damaged: restart the service/ });
});

smallDiskTest("Journal waits for space if it was removed from a full disk, and loses nothing", 2048, (disk) => {
  const journal = openJournal(disk.path, { now });
  for (let n = 1; n <= 20; n++) {
    journal.storeRecord(newRecord(`tx-${n}`, someBytes(1500, n)));
  }
  const stored = journal.records();
  disk.fill();
  removeFiles(`${disk.path}/journal.db`, ["", "-wal", "-shm"]);
  for (let attempt = 1; attempt <= 2; attempt++) {
    assert.throws(() => journal.check(), { code: "write_failed" });
    assert.ok(isDeepStrictEqual(journal.records(), stored));
  }
  disk.free();
  journal.storeRecord(newRecord("tx-21"));
  assert.equal(idsIn(disk.path).length, 21);
  journal.close();
});
