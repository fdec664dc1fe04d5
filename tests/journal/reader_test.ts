import assert from "node:assert/strict";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { JournalReader } from "../../src/journal/reader.ts";
import { TempFolder } from "./temp_folder.ts";

/** A database that counts the prepared statements. */
class CountingDatabase extends DatabaseSync {
  prepared = 0;

  override prepare(sql: string): StatementSync {
    this.prepared++;
    return super.prepare(sql);
  }
}

Deno.test("JournalReader prepares each query only once", () => {
  using folder = new TempFolder();
  folder.journal.change({
    meter: "evse-1",
    meterId: "BY1",
    transactionId: "tx-1",
    state: "starting",
    reason: undefined,
    atMs: 1,
  });
  using db = new CountingDatabase(folder.database, { readOnly: true });
  const reader = new JournalReader(db, folder.database);
  for (let n = 1; n <= 100; n++) {
    assert.equal(reader.transaction("evse-1", `tx-${n}`)?.state, n === 1 ? "starting" : undefined);
    reader.record(n);
    assert.equal(reader.transactions({ meter: "evse-1", limit: n }).length, 1);
  }
  assert.equal(db.prepared, 3);
});
