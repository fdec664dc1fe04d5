import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import { JournalError, openJournal, type StoredRecord } from "../../src/journal/mod.ts";
import { rebuildFailpoints } from "../../src/journal/failpoints.ts";
import { migrations } from "../../src/journal/schema.ts";
import { smallDiskTest } from "../support/small_disk.ts";
import { someBytes } from "../support/some_bytes.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

const now = () => Date.UTC(2026, 0, 31, 8);

/** Fills the journal of a folder and leaves it as after a crash: the newest rows are only in the log. */
function fill(folder: string, records: number): StoredRecord[] {
  const journal = openJournal(folder, { now });
  for (let n = 1; n <= records; n++) {
    journal.change({ ...openChange(`tx-${n}`), state: "running" });
    journal.storeRecord(newRecord(`tx-${n}`, someBytes(1500, n)));
    if (n === records / 2) checkpoint(folder);
  }
  const stored = journal.records();
  const crashed = copyOf(folder);
  journal.close();
  restoreFrom(crashed, folder);
  return stored;
}

function checkpoint(folder: string): void {
  const db = new DatabaseSync(`${folder}/journal.db`);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
}

/** Overwrites the root page of an empty table; the log does not contain this page. */
function damageEmptyTable(folder: string): void {
  using disk = Deno.openSync(`${folder}/journal.db`, { read: true, write: true });
  const db = new DatabaseSync(`${folder}/journal.db`, { readOnly: true });
  const row = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'places'").get();
  db.close();
  disk.seekSync((Number(row?.["rootpage"]) - 1) * 4096, Deno.SeekMode.Start);
  disk.writeSync(new Uint8Array(4096).fill(0xaa));
}

type Files = ReadonlyMap<string, Uint8Array>;

function copyOf(folder: string): Files {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => !name.endsWith("-clean"));
  return new Map(names.map((name) => [name, Deno.readFileSync(`${folder}/${name}`)]));
}

function restoreFrom(files: Files, folder: string): void {
  for (const [name, bytes] of files) Deno.writeFileSync(`${folder}/${name}`, bytes);
}

const leftovers = (folder: string) =>
  [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => /\.(new|salvage)/.test(name));

Deno.test("openJournal loses nothing if a crash interrupts the replacement of a damaged journal at any step", () => {
  using folder = new TempFolder();
  const stored = fill(folder.path, 40);
  damageEmptyTable(folder.path);
  const states: [string, Files][] = [];
  const failpoint = (step: string, detail: string) => {
    if (step.startsWith("journal.rebuild")) states.push([`${step} ${detail}`, copyOf(folder.path)]);
  };
  openJournal(folder.path, { now, failpoint }).close();
  assert.deepEqual(new Set(states.map(([step]) => step.split(" ")[0])), new Set(rebuildFailpoints));
  for (const [step, files] of states) {
    using crashed = new TempFolder();
    restoreFrom(files, crashed.path);
    const journal = crashed.open();
    assert.ok(isDeepStrictEqual(journal.records(), stored), step);
    assert.equal(journal.undelivered(), 40, step);
    assert.equal(journal.transactions().length, 40, step);
    if (!step.includes("in_place")) {
      const { damaged } = journal;
      assert.equal(damaged?.savedRecords, 40, step);
      const log = files.get("journal.db-wal") ?? files.get("journal.db.damaged-2026-01-31T080000.000Z-wal");
      assert.ok(isDeepStrictEqual(Deno.readFileSync(`${damaged?.movedTo}-wal`), log), step);
    }
    assert.deepEqual(leftovers(crashed.path), [], step);
    assert.equal(crashed.reopen().damaged, undefined, step);
  }
});

Deno.test("openJournal completes a replacement that an earlier release did not complete, and that left an empty journal", () => {
  using folder = new TempFolder();
  const stored = fill(folder.path, 20);
  damageEmptyTable(folder.path);
  for (const suffix of ["-wal", ""]) {
    Deno.renameSync(folder.database + suffix, `${folder.database}.damaged-2026-01-30T080000.000Z${suffix}`);
  }
  folder.sql((db) => {
    db.exec("PRAGMA journal_mode = WAL");
    db.exec(`${migrations.join(";")}; PRAGMA user_version = ${migrations.length}`);
  });
  const journal = folder.open();
  assert.ok(isDeepStrictEqual(journal.records(), stored));
  assert.equal(journal.damaged?.savedRecords, 20);
  assert.match(journal.damaged?.movedTo ?? "", /damaged-2026-01-30/);
  assert.equal(folder.reopen().damaged, undefined);
  assert.deepEqual(leftovers(folder.path), []);
});

Deno.test("openJournal copies a row with one invalid column", () => {
  using folder = new TempFolder();
  folder.sql((db) => db.exec(`${migrations.join(";").replaceAll(" STRICT", "")}; PRAGMA user_version = 3`));
  folder.open();
  for (const n of [1, 2, 3, 4]) folder.journal.storeRecord(newRecord(`tx-${n}`));
  folder.journal.close();
  folder.sql((db) =>
    db.exec(`UPDATE records SET meter_id = x'00' WHERE seq = 1; UPDATE records SET read_at = 'x' WHERE seq = 2;
      UPDATE records SET started_at = x'00' WHERE seq = 3; UPDATE transactions SET state = x'00' WHERE seq = 4`)
  );
  damageEmptyTable(folder.path);
  const journal = folder.open();
  assert.equal(journal.damaged?.savedRecords, 4);
  assert.deepEqual(
    journal.records().map(({ transactionId, meterId, readAtMs, startedAtMs }) => [
      transactionId,
      meterId,
      readAtMs,
      startedAtMs,
    ]),
    [["tx-1", "", 20, undefined], ["tx-2", "BY1.2025", 0, undefined], ["tx-3", "BY1.2025", 20, undefined], [
      "tx-4",
      "BY1.2025",
      20,
      undefined,
    ]],
  );
  assert.equal(journal.transaction("evse-1", "tx-4")?.state, "finished");
  assert.equal(folder.reopen().damaged, undefined);
});

Deno.test("openJournal discards an incomplete new journal and builds it again", () => {
  using folder = new TempFolder();
  const stored = fill(folder.path, 10);
  damageEmptyTable(folder.path);
  Deno.writeTextFileSync(`${folder.database}.new`, "the first bytes of a new journal");
  Deno.writeTextFileSync(`${folder.database}.salvage`, "the first bytes of a copy");
  assert.equal(folder.open().damaged?.savedRecords, 10);
  assert.ok(isDeepStrictEqual(folder.journal.records(), stored));
});

smallDiskTest("openJournal fails if there is no space to replace a damaged journal", 8192, (disk) => {
  const stored = fill(disk.path, 60);
  checkpoint(disk.path);
  damageEmptyTable(disk.path);
  const database = Deno.readFileSync(`${disk.path}/journal.db`);
  const names = [...copyOf(disk.path).keys()].sort();
  // From no space to nearly enough space for the copy and the new journal; SQLite reports it differently each time
  for (const freeKb of [0, 40, 100, 300, 370, 440]) {
    disk.fill(freeKb);
    assert.throws(() => openJournal(disk.path, { now }), (error) => {
      assert.ok(error instanceof JournalError);
      assert.equal(error.code, "open_failed", `${freeKb} KB: ${error.message}`);
      assert.match(
        error.message,
        /Cannot copy the readable data .*journal\.db \(.*\): .*(full|space).*; the damaged journal is unchanged; free about \d MB in/,
      );
      return true;
    });
    disk.free();
    assert.deepEqual([...copyOf(disk.path).keys()].sort(), names, `${freeKb} KB`);
    assert.ok(isDeepStrictEqual(Deno.readFileSync(`${disk.path}/journal.db`), database), `${freeKb} KB`);
  }
  const journal = openJournal(disk.path, { now });
  assert.equal(journal.damaged?.savedRecords, 60);
  assert.ok(isDeepStrictEqual(journal.records(), stored));
  journal.close();
});
