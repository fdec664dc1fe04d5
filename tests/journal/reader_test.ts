import assert from "node:assert/strict";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { JournalReader } from "../../src/journal/reader.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

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

Deno.test("JournalReader.transactionIds finds the ids of transactions and records that begin with a text", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  for (
    const [meter, id] of [["evse-1", "ab-1"], ["evse-1", "ab-10"], ["evse-2", "ab-2"], ["evse-1", "AB-1"]] as const
  ) {
    journal.change({ ...openChange(id), state: "starting", meter });
  }
  journal.storeRecord(newRecord("ab-3"));
  journal.storeRecord(newRecord("a%_\u20ac"));
  const ids = (prefix: string, meter?: string, limit = 9) => journal.transactionIds(prefix, { limit, meter });
  assert.deepEqual(ids("ab-"), ["ab-1", "ab-10", "ab-2", "ab-3"]);
  assert.deepEqual(ids("ab-", "evse-2"), ["ab-2"]);
  assert.deepEqual(ids("ab-1"), ["ab-1", "ab-10"]);
  assert.deepEqual(ids("ab-1", undefined, 1), ["ab-1"]);
  assert.deepEqual([ids("a%"), ids("%"), ids("ab_")], [["a%_\u20ac"], [], []]);
});
