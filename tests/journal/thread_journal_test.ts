import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { JournalError, openJournalReader, ThreadJournal } from "../../src/journal/mod.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

const now = () => Date.UTC(2026, 0, 31, 8);

Deno.test("ThreadJournal has a write on the disk, and reads it, as soon as its promise resolves", async () => {
  using folder = new TempFolder();
  const journal = await ThreadJournal.open(folder.path, { now });
  const changed = await journal.change({ ...openChange("tx-1"), state: "running" });
  assert.deepEqual(journal.transaction("evse-1", "tx-1"), changed);
  const { record, created } = await journal.storeRecord(newRecord("tx-1", Uint8Array.of(1, 0, 255)));
  assert.deepEqual([created, journal.record(record.seq)?.ocmf], [true, Uint8Array.of(1, 0, 255)]);
  assert.deepEqual(openJournalReader(folder.path).records(), journal.records());
  await journal.end();
});

Deno.test("ThreadJournal carries out writes in the order of the calls", async () => {
  using folder = new TempFolder();
  const journal = await ThreadJournal.open(folder.path, { now });
  const ids = Array.from({ length: 20 }, (_, n) => `tx-${n}`);
  const stored = await Promise.all(ids.map((id) => journal.storeRecord(newRecord(id))));
  assert.deepEqual(stored.map(({ record }) => record.seq), ids.map((_, n) => n + 1));
  await journal.end();
});

Deno.test("ThreadJournal does not block other work while a write waits for the disk", async () => {
  using folder = new TempFolder();
  const journal = await ThreadJournal.open(folder.path, { now });
  await journal.change({ ...openChange("tx-1"), state: "running" });
  const other = new DatabaseSync(folder.database);
  // A write waits for a lock as it waits for a slow disk
  other.exec("BEGIN IMMEDIATE");
  const write = journal.change({ ...openChange("tx-2"), state: "running" });
  assert.equal(journal.openTransactions("evse-1").length, 1);
  other.exec("ROLLBACK");
  other.close();
  assert.equal((await write).transactionId, "tx-2");
  await journal.end();
});

Deno.test("ThreadJournal rejects a failed write with the error of the journal, and stores nothing of it", async () => {
  using folder = new TempFolder();
  const journal = await ThreadJournal.open(folder.path, { now });
  folder.sql((db) => db.exec("CREATE TRIGGER refuse BEFORE INSERT ON records BEGIN SELECT RAISE(FAIL, 'full'); END"));
  const failure = await journal.storeRecord(newRecord("tx-1")).catch((error: unknown) => error);
  assert.ok(failure instanceof JournalError && failure.cause instanceof Error);
  assert.deepEqual([failure.code, failure.cause.message], ["write_failed", "full"]);
  assert.match(failure.message, /store the record of transaction tx-1 in .*journal\.db/);
  assert.equal(journal.failure, failure);
  assert.deepEqual(journal.records(), []);
  folder.sql((db) => db.exec("DROP TRIGGER refuse"));
  await journal.probe();
  assert.equal(journal.failure, undefined);
  await journal.end();
});

Deno.test("ThreadJournal stops its thread at each step of a write until the failpoint returns", async () => {
  using folder = new TempFolder();
  const seen: unknown[] = [];
  const journal = await ThreadJournal.open(folder.path, {
    now,
    failpoint: (name) => seen.push([name, openJournalReader(folder.path).records().length]),
  });
  await journal.storeRecord(newRecord("tx-1"));
  assert.deepEqual(seen, [["journal.before_commit", 0], ["journal.after_commit", 1]]);
  await journal.end();
});

Deno.test("ThreadJournal refuses a folder in use, and releases its folder when it has ended", async () => {
  using folder = new TempFolder();
  const first = await ThreadJournal.open(folder.path, { now });
  const refused = await ThreadJournal.open(folder.path, { now }).catch((error: unknown) => error);
  assert.ok(refused instanceof JournalError && refused.code === "locked");
  const last = first.change({ ...openChange("tx-1"), state: "running" });
  await first.end();
  assert.equal((await last).state, "running");
  await assert.rejects(first.probe(), /closed/);
  await (await ThreadJournal.open(folder.path, { now })).end();
});
