import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { newRecord, TempFolder } from "./temp_folder.ts";

/** Creates a journal and closes it cleanly. */
function closedJournal(folder: TempFolder): void {
  const journal = folder.open();
  for (let n = 1; n <= 5; n++) journal.storeRecord(newRecord(`tx-${n}`));
  journal.close();
}

function damageIndex(folder: TempFolder): void {
  const { atime, mtime } = Deno.statSync(folder.database);
  const db = new DatabaseSync(folder.database, { readOnly: true });
  const row = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'records_by_transaction'").get();
  db.close();
  const page = new Uint8Array(4096);
  using file = Deno.openSync(folder.database, { read: true, write: true });
  const at = (Number(row?.["rootpage"]) - 1) * page.length;
  file.seekSync(at, Deno.SeekMode.Start);
  file.readSync(page);
  const text = new TextDecoder("latin1").decode(page).indexOf("tx-5");
  assert.ok(text > 0);
  file.seekSync(at + text + 3, Deno.SeekMode.Start);
  file.writeSync(new TextEncoder().encode("6"));
  file.syncSync();
  Deno.utimeSync(folder.database, atime ?? 0, mtime ?? 0);
}

Deno.test("openJournal runs the quick check after a clean shutdown", () => {
  using folder = new TempFolder();
  closedJournal(folder);
  damageIndex(folder);
  assert.equal(folder.open().damaged, undefined);
});

const ends: readonly { what: string; does: (folder: TempFolder) => void }[] = [
  { what: "a shutdown that was not clean", does: (folder) => Deno.removeSync(`${folder.database}-clean`) },
  {
    what: "a crash of the start after a clean shutdown",
    does(folder) {
      folder.open();
      const note = [...Deno.readDirSync(folder.path)].filter(({ name }) => name.endsWith("-clean"));
      assert.deepEqual(note, []);
      folder.journal.close(false);
    },
  },
  {
    what: "its replacement by a copy",
    does(folder) {
      Deno.copyFileSync(folder.database, `${folder.database}.copy`);
      Deno.renameSync(`${folder.database}.copy`, folder.database);
    },
  },
  { what: "a write of an earlier release", does: (folder) => Deno.utimeSync(folder.database, 1, 1) },
];

for (const { what, does } of ends) {
  Deno.test(`openJournal checks the whole database after ${what}`, () => {
    using folder = new TempFolder();
    closedJournal(folder);
    does(folder);
    damageIndex(folder);
    assert.match(folder.open().damaged?.problem ?? "", /records_by_transaction/);
    assert.equal(folder.journal.records().length, 5);
  });
}

Deno.test("Journal does not record a clean shutdown of a database that it knows to be damaged", () => {
  using folder = new TempFolder();
  closedJournal(folder);
  const journal = folder.open();
  folder.sql((db) => db.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
  const bytes = Deno.readFileSync(folder.database);
  Deno.writeFileSync(folder.database, bytes.fill(0xaa, 4096));
  folder.sql((db) => db.exec("PRAGMA user_version = 3"));
  assert.throws(() => journal.storeRecord(newRecord("tx-9")));
  journal.close();
  assert.throws(() => Deno.statSync(`${folder.database}-clean`), Deno.errors.NotFound);
});

Deno.test("Journal does not record a clean shutdown of a database that another process has damaged", () => {
  using folder = new TempFolder();
  closedJournal(folder);
  folder.open();
  const bytes = Deno.readFileSync(folder.database);
  Deno.writeFileSync(folder.database, bytes.fill(0xaa, 4096));
  Deno.utimeSync(folder.database, new Date(), new Date(Date.now() + 1000));
  folder.journal.close();
  assert.throws(() => Deno.statSync(`${folder.database}-clean`), Deno.errors.NotFound);
});
