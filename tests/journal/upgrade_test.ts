import assert from "node:assert/strict";
import { firstMessageId, startValue, useAsFirstRelease, writeFirstRelease } from "./earlier_release.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

const bytesOf = (transactionId: string) => new TextEncoder().encode(`OCMF|{"TT":"${transactionId}"}|{}`);

Deno.test("openJournal opens the state folder of the first release with all unfinished work", () => {
  using folder = new TempFolder();
  writeFirstRelease(folder.path, bytesOf);
  const journal = folder.open();
  assert.equal(journal.damaged, undefined);
  assert.deepEqual(
    journal.outbox(9).map(({ seq, transactionId, messageId, ocmf }) => [seq, transactionId, messageId, ocmf]),
    [
      [2, "waiting", firstMessageId(bytesOf("waiting")), bytesOf("waiting")],
      [3, "half", firstMessageId(bytesOf("half")), bytesOf("half")],
    ],
  );
  assert.deepEqual(journal.outbox(1)[0]?.startValue, startValue);
  assert.deepEqual([...journal.recordsWithoutVerdict("evse-1")].map(({ transactionId }) => transactionId), ["half"]);
  const open = ["evse-1", "evse-2"].map((meter) => journal.openTransactions(meter).map((it) => it.transactionId));
  assert.deepEqual(open, [["runs"], ["stops"]]);
  assert.equal(journal.lastTransaction("evse-1")?.transactionId, "runs");
  assert.deepEqual(journal.memory("BY1.2025"), { firstKey: "04AA", lastPagination: 41 });
  assert.equal(journal.place("evse-1")?.meterId, "BY1.2025");
  // The record was not confirmed to the meter, so it is read again
  const again = journal.storeRecord({ ...newRecord("half", bytesOf("half")), readAtMs: 99 });
  assert.deepEqual([again.created, again.record.seq, again.record.messageId], [
    false,
    3,
    firstMessageId(bytesOf("half")),
  ]);
  journal.change({ ...openChange("stops"), meter: "evse-2", state: "finished" });
  assert.deepEqual(journal.unreadable(), []);
});

Deno.test("the first release can use a journal of this release, and this release can use it again", () => {
  using folder = new TempFolder();
  writeFirstRelease(folder.path, bytesOf);
  const journal = folder.open();
  journal.change({ ...openChange("new"), state: "running" });
  journal.storeRecord(newRecord("new"));
  journal.close();
  assert.deepEqual(useAsFirstRelease(folder.database), { undelivered: ["half", "new", "older"], newest: "older" });
  assert.equal(folder.open().damaged, undefined);
  assert.deepEqual(folder.journal.outbox(9).map(({ transactionId }) => transactionId), ["half", "new", "older"]);
  assert.equal(folder.journal.transaction("evse-3", "older")?.recordSeq, 5);
});

Deno.test("the first release can use a new journal of this release", () => {
  using folder = new TempFolder();
  folder.open().close();
  assert.deepEqual(useAsFirstRelease(folder.database), { undelivered: ["older"], newest: "older" });
});
