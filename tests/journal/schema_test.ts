import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { errorText } from "../../src/base/log.ts";
import { JournalError, openJournal, openJournalReader } from "../../src/journal/mod.ts";
import { migrations } from "../../src/journal/schema.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

const now = () => 0;

/** Writes a journal of the release with the given schema version. */
function olderJournal(folder: TempFolder, version: number): void {
  folder.sql((db) => {
    db.exec("PRAGMA journal_mode = WAL");
    for (const script of migrations.slice(0, version)) db.exec(script);
    db.exec(`PRAGMA user_version = ${version};
      INSERT INTO records (seq, message_id, meter, meter_id, transaction_id, reason, ocmf, public_key, signing_method,
        verdict, read_at) VALUES (7, 'BY1.2025.00ff', 'evse-1', 'BY1.2025', 'tx-1', 'stopped', x'4f00ff', '04AA', 'm',
        '{"signature":"valid","session":"ok","key":"pinned","problems":[]}', 20);
      INSERT INTO transactions (seq, meter, meter_id, transaction_id, state, reason, changed_at, record_seq)
        VALUES (3, 'evse-1', 'BY1.2025', 'tx-1', 'finished', 'stopped', 20, 7);
      INSERT INTO changes (transaction_seq, state, at) VALUES (3, 'running', 10), (3, 'finished', 20);
      INSERT INTO meters (meter_id, first_key, last_pagination) VALUES ('BY1.2025', '04AA', 41)`);
  });
}

for (let version = 1; version < migrations.length; version++) {
  Deno.test(`openJournal migrates a journal of schema version ${version} and keeps all its data`, () => {
    using folder = new TempFolder();
    olderJournal(folder, version);
    const journal = folder.open();
    assert.equal(journal.damaged, undefined);
    assert.deepEqual(journal.outbox(9).map(({ seq, ocmf, verdict }) => [seq, ocmf, verdict?.signature]), [
      [7, Uint8Array.of(0x4f, 0, 0xff), "valid"],
    ]);
    assert.deepEqual(journal.changes(3).map(({ state }) => state), ["running", "finished"]);
    assert.equal(journal.transaction("evse-1", "tx-1")?.recordSeq, 7);
    assert.deepEqual(journal.memory("BY1.2025"), { firstKey: "04AA", lastPagination: 41 });
    journal.storePlace("evse-1", "BY1.2025", 1);
    journal.probe();
    journal.change({ ...openChange("tx-2"), state: "running" });
    assert.equal(journal.storeRecord(newRecord("tx-2")).record.seq, 8);
    journal.close();
    assert.deepEqual(folder.sql(layout), freshLayout());
  });
}

Deno.test("openJournal does not change a journal that it cannot migrate", () => {
  using folder = new TempFolder();
  olderJournal(folder, 1);
  folder.sql((db) => db.exec("CREATE TABLE probes (mine TEXT)"));
  const before = folder.sql(layout);
  assert.throws(() => openJournal(folder.path, { now }), (error: unknown) => {
    assert.ok(error instanceof JournalError && error.code === "open_failed");
    return /probes already exists/.test(errorText(error));
  });
  assert.deepEqual(folder.sql(layout), before);
});

Deno.test("openJournal and openJournalReader refuse a journal of a later release and change nothing", () => {
  using folder = new TempFolder();
  folder.open().storeRecord(newRecord("tx-1"));
  folder.journal.close();
  const later = migrations.length + 1;
  folder.sql((db) => db.exec(`PRAGMA user_version = ${later}`));
  const before = Deno.readFileSync(folder.database);
  const refusal = {
    code: "newer_schema",
    message: new RegExp(
      `journal\\.db: its schema is version ${later}, this release supports version ${migrations.length}; use`,
    ),
  };
  assert.throws(() => openJournal(folder.path, { now }), refusal);
  assert.throws(() => openJournalReader(folder.path), refusal);
  assert.deepEqual(Deno.readFileSync(folder.database), before);
});

Deno.test("openJournalReader reports how to migrate an older journal", () => {
  using folder = new TempFolder();
  olderJournal(folder, 1);
  assert.throws(() => openJournalReader(folder.path), {
    code: "older_schema",
    message: /schema is version 1, .* start the service once/,
  });
  folder.open().close();
  const reader = openJournalReader(folder.path);
  assert.equal(reader.records().length, 1);
  reader.close();
});

/** Version, tables and indexes of a database. */
function layout(db: DatabaseSync): unknown {
  return [
    db.prepare("PRAGMA user_version").get(),
    db.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name").all(),
  ];
}

function freshLayout(): unknown {
  using folder = new TempFolder();
  folder.open().close();
  return folder.sql(layout);
}
