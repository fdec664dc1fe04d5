import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { backupJournal, type JournalReader, openJournalReader, restoreJournal } from "../../src/journal/mod.ts";
import { migrations } from "../../src/journal/schema.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";
import { Writer } from "./writer.ts";

const now = () => Date.UTC(2026, 0, 31, 8);
const whole = { force: false, now };
const forced = { force: true, now };

function idsOf(journal: JournalReader): (string | undefined)[] {
  return journal.records().map(({ transactionId }) => transactionId);
}

function idsIn(stateDir: string): (string | undefined)[] {
  const reader = openJournalReader(stateDir);
  try {
    return idsOf(reader);
  } finally {
    reader.close();
  }
}

/** A folder with two records, one delivered, and a backup of them. */
function backedUp(folder: TempFolder): string {
  const journal = folder.open();
  for (const id of ["tx-1", "tx-2"]) {
    journal.change({ ...openChange(id), state: "running" });
    journal.storeRecord(newRecord(id));
  }
  journal.markDelivered(1, 50);
  const file = join(folder.path, "backup.db");
  assert.deepEqual(backupJournal(folder.path, file, { force: false }), { records: 2, undelivered: 1 });
  return file;
}

Deno.test("openJournalReader and a backup include everything that a killed process has stored", async () => {
  using folder = new TempFolder();
  await using writer = new Writer(folder.path);
  await writer.stored(40);
  const said = await writer.kill();
  const reader = openJournalReader(folder.path);
  const records = reader.records();
  assert.ok(records.length === said || records.length === said + 1, `${records.length} of ${said}`);
  assert.deepEqual(records.map(({ seq }) => seq), records.map((_, index) => index + 1));
  assert.ok(records.every(({ ocmf }) => ocmf.length === 1500));
  reader.close();
  assert.equal(backupJournal(folder.path, join(folder.path, "b"), { force: false }).records, records.length);
  assert.deepEqual(folder.open().records(), records);
});

Deno.test("backupJournal copies a consistent snapshot while the journal is written", async () => {
  using folder = new TempFolder();
  using target = new TempFolder();
  await using writer = new Writer(folder.path);
  await writer.stored(20);
  for (let count = 1; count <= 5; count++) {
    const { records } = backupJournal(folder.path, join(target.path, "journal.db"), { force: count > 1 });
    assert.ok(records >= 20);
    const copy = openJournalReader(target.path);
    const stored = copy.records();
    assert.deepEqual(stored.map(({ seq }) => seq), stored.map((_, index) => index + 1));
    const ended = copy.transactions().filter(({ state }) => state === "finished");
    assert.deepEqual(ended.map(({ recordSeq }) => recordSeq), stored.map(({ seq }) => seq));
    copy.close();
    await writer.stored(records + 1);
  }
  assert.deepEqual([...Deno.readDirSync(target.path)].map(({ name }) => name).filter((name) => /part/.test(name)), []);
});

Deno.test("backupJournal writes a private file and replaces a file only with force", () => {
  using folder = new TempFolder();
  const file = backedUp(folder);
  assert.equal((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
  folder.journal.storeRecord(newRecord("tx-3"));
  const before = Deno.readFileSync(file);
  assert.throws(() => backupJournal(folder.path, file, { force: false }), { code: "exists", message: /--force/ });
  assert.deepEqual(Deno.readFileSync(file), before);
  assert.equal(backupJournal(folder.path, file, { force: true }).records, 3);
});

Deno.test("backupJournal refuses to overwrite the journal, to copy a missing journal, and to write to an unusable path", () => {
  using folder = new TempFolder();
  const missing = join(folder.path, "none");
  assert.throws(() => backupJournal(missing, join(folder.path, "b"), whole), { code: "not_found" });
  folder.open().storeRecord(newRecord("tx-1"));
  assert.throws(() => backupJournal(folder.path, folder.database, forced), { code: "exists", message: /itself/ });
  Deno.symlinkSync(folder.database, join(folder.path, "link"));
  assert.throws(() => backupJournal(folder.path, join(folder.path, "link"), forced), { code: "exists" });
  assert.throws(() => backupJournal(folder.path, join(missing, "b"), whole), { code: "write_failed" });
  assert.deepEqual(idsOf(folder.journal), ["tx-1"]);
});

Deno.test("restoreJournal restores a journal into a new folder", () => {
  using folder = new TempFolder();
  using other = new TempFolder();
  const file = backedUp(folder);
  const stateDir = join(other.path, "a", "state");
  assert.deepEqual(restoreJournal(stateDir, file, whole), {
    records: 2,
    undelivered: 1,
    replaced: undefined,
    left: { records: 0, undelivered: 0, transactions: 0 },
  });
  const reader = openJournalReader(stateDir);
  assert.deepEqual(reader.records(), folder.journal.records());
  assert.deepEqual(reader.transactions(), folder.journal.transactions());
  assert.deepEqual(reader.changes(2), folder.journal.changes(2));
  reader.close();
});

Deno.test("restoreJournal refuses while a service uses the folder and changes nothing", () => {
  using folder = new TempFolder();
  const file = backedUp(folder);
  assert.throws(() => restoreJournal(folder.path, file, forced), { code: "locked" });
  folder.journal.storeRecord(newRecord("tx-3"));
  assert.deepEqual(idsOf(folder.journal), ["tx-1", "tx-2", "tx-3"]);
});

Deno.test("restoreJournal renames and replaces a journal that contains nothing newer", () => {
  using folder = new TempFolder();
  const file = backedUp(folder);
  folder.journal.markDelivered(2, 60);
  folder.journal.close();
  const { replaced, undelivered } = restoreJournal(folder.path, file, whole);
  assert.equal(undelivered, 1);
  assert.match(replaced ?? "", /journal\.db\.replaced-2026-01-31T080000\.000Z$/);
  const kept = new DatabaseSync(replaced ?? "", { readOnly: true });
  assert.equal(kept.prepare("SELECT delivered_at FROM records WHERE seq = 2").get()?.["delivered_at"], 60);
  kept.close();
  assert.equal(folder.open().undelivered(), 1);
});

for (
  const [what, change] of [
    ["records", (folder: TempFolder) => void folder.journal.storeRecord(newRecord("tx-3"))],
    ["transactions", (folder: TempFolder) => void folder.journal.change({ ...openChange("tx-3"), state: "running" })],
  ] as const
) {
  Deno.test(`restoreJournal does not replace a journal that contains newer ${what} without force`, () => {
    using folder = new TempFolder();
    const file = backedUp(folder);
    change(folder);
    const newest = folder.journal.transactions().at(-1);
    folder.journal.close();
    const before = Deno.readFileSync(folder.database);
    assert.throws(() => restoreJournal(folder.path, file, whole), {
      code: "newer_records",
      message: new RegExp(`records: ${what === "records" ? 1 : 0}, .*changed transactions: 1\\).*--force`),
    });
    assert.deepEqual(Deno.readFileSync(folder.database), before);
    const { replaced, left } = restoreJournal(folder.path, file, forced);
    assert.deepEqual([left?.records, left?.transactions], [what === "records" ? 1 : 0, 1]);
    assert.deepEqual(idsOf(folder.open()), ["tx-1", "tx-2"]);
    folder.journal.close();
    Deno.renameSync(replaced ?? "", folder.database);
    assert.deepEqual(folder.open().transactions().at(-1), newest);
  });
}

Deno.test("restoreJournal renames and replaces a damaged journal with force", () => {
  using folder = new TempFolder();
  const file = backedUp(folder);
  folder.journal.close();
  Deno.writeTextFileSync(folder.database, "garbage");
  assert.throws(() => restoreJournal(folder.path, file, whole), {
    code: "newer_records",
    message: /damaged \(file is not a database\).*--force/,
  });
  assert.equal(Deno.readTextFileSync(folder.database), "garbage");
  const { replaced, left } = restoreJournal(folder.path, file, forced);
  assert.equal(left, undefined);
  assert.equal(Deno.readTextFileSync(replaced ?? ""), "garbage");
  assert.deepEqual(idsOf(folder.open()), ["tx-1", "tx-2"]);
  assert.equal(folder.journal.damaged, undefined);
});

Deno.test("restoreJournal includes the write-ahead log of a killed process, in the replaced journal and in the backup", async () => {
  using folder = new TempFolder();
  const file = backedUp(folder);
  folder.journal.close();
  await using writer = new Writer(folder.path);
  await writer.stored(5);
  const said = await writer.kill();
  const { replaced, left } = restoreJournal(folder.path, file, forced);
  assert.ok(left !== undefined && left.records >= said - 2);
  assert.deepEqual(idsIn(folder.path), ["tx-1", "tx-2"]);
  const kept = new DatabaseSync(replaced ?? "", { readOnly: true });
  assert.ok(Number(kept.prepare("SELECT count(*) AS n FROM records").get()?.["n"]) >= said);
  kept.close();
});

Deno.test("restoreJournal refuses and changes nothing while another process reads the journal", () => {
  using folder = new TempFolder();
  const file = backedUp(folder);
  folder.journal.storeRecord(newRecord("tx-3"));
  const db = new DatabaseSync(folder.database, { readOnly: true });
  db.exec("BEGIN; SELECT count(*) FROM records");
  folder.journal.storeRecord(newRecord("tx-4"));
  folder.journal.close();
  assert.throws(() => restoreJournal(folder.path, file, forced), { code: "locked", message: /another process reads/ });
  db.close();
  assert.deepEqual(idsIn(folder.path), ["tx-1", "tx-2", "tx-3", "tx-4"]);
  restoreJournal(folder.path, file, forced);
  assert.deepEqual(idsIn(folder.path), ["tx-1", "tx-2"]);
});

Deno.test("restoreJournal refuses a file that is not an intact backup, and a backup of a later release", () => {
  using folder = new TempFolder();
  const file = backedUp(folder);
  folder.journal.close();
  const bad = join(folder.path, "bad");
  const unusable = (pattern: RegExp) =>
    assert.throws(() => restoreJournal(folder.path, bad, forced), (error) => {
      assert.ok(error instanceof Error && "code" in error);
      assert.equal(error.code, "unusable_backup");
      assert.match(`${error.message}: ${error.cause}`, pattern);
      return true;
    });
  unusable(/bad: it is not an intact backup.*No such file/);
  Deno.writeTextFileSync(bad, "garbage");
  unusable(/not a database/);
  Deno.writeFileSync(bad, Deno.readFileSync(file).subarray(0, 20_000));
  unusable(/malformed/);
  new DatabaseSync(`${bad}.new`).exec("CREATE TABLE t (a); PRAGMA user_version = 1");
  Deno.renameSync(`${bad}.new`, bad);
  unusable(/no such table: records/);
  Deno.writeFileSync(bad, new Uint8Array());
  unusable(/contains no journal/);
  const later = new DatabaseSync(file);
  later.exec(`PRAGMA user_version = ${migrations.length + 1}`);
  later.close();
  assert.throws(() => restoreJournal(folder.path, file, forced), { code: "newer_schema" });
  assert.deepEqual(idsIn(folder.path), ["tx-1", "tx-2"]);
});

Deno.test("restoreJournal restores a backup of an earlier release, and openJournal migrates it", () => {
  using folder = new TempFolder();
  const file = join(folder.path, "old.db");
  const old = new DatabaseSync(file);
  old.exec(`${migrations[0]}; PRAGMA user_version = 1`);
  old.close();
  restoreJournal(folder.path, file, whole);
  assert.throws(() => openJournalReader(folder.path), { code: "older_schema" });
  assert.equal(folder.open().storeRecord(newRecord("tx-1")).created, true);
});
