import assert from "node:assert/strict";
import { newRecord, TempFolder } from "./temp_folder.ts";

const nowMs = Date.UTC(2026, 0, 31, 8);
const minuteMs = 60_000;

/** Adds records that were delivered these numbers of minutes ago. */
function delivered(folder: TempFolder, minutes: readonly number[]): string[] {
  return minutes.map((ago) => {
    const { record } = folder.journal.storeRecord({ ...newRecord(`tx-${ago}`), readAtMs: nowMs - ago * minuteMs });
    folder.journal.markDelivered(record.seq, nowMs - ago * minuteMs, { stream: "KEPT", streamSeq: 100 - ago });
    return record.messageId;
  });
}

const waiting = (folder: TempFolder) => folder.journal.redeliveries(9).map(({ transactionId }) => transactionId);

Deno.test("Journal.redeliver puts delivered records into the outbox again: all, by age, by message id or by stream position", () => {
  using folder = new TempFolder();
  const [, second = ""] = delivered(folder, [30, 20, 10]);
  folder.journal.storeRecord(newRecord("new"));
  const empty = () => folder.journal.redeliveries(9).forEach(({ seq }) => folder.journal.markDelivered(seq, nowMs));
  assert.equal(folder.journal.redeliver({ sinceMs: nowMs - 20 * minuteMs }), 2);
  assert.deepEqual(waiting(folder), ["tx-20", "tx-10"]);
  assert.equal(folder.journal.redeliver({ messageIds: [second, "nobody"] }), 1);
  assert.deepEqual(waiting(folder), ["tx-20", "tx-10"]);
  empty();
  assert.equal(folder.journal.redeliver({ storedAfter: { stream: "KEPT", streamSeq: 80 } }), 1);
  assert.deepEqual(waiting(folder), ["tx-10"]);
  assert.equal(folder.journal.redeliver({ storedAfter: { stream: "OTHER", streamSeq: 0 } }), 0);
  // A record that was never delivered is already in the outbox
  assert.equal(folder.journal.redeliver({ all: true }), 3);
  assert.deepEqual(waiting(folder), ["tx-30", "tx-20", "tx-10"]);
  assert.deepEqual(folder.journal.redeliveries(1, 1).map(({ transactionId }) => transactionId), ["tx-20"]);
});

Deno.test("Journal.redeliver does not count a record as old because the clock was wrong at its delivery", () => {
  using folder = new TempFolder();
  const { record } = folder.journal.storeRecord({ ...newRecord("tx-1"), readAtMs: nowMs });
  folder.journal.markDelivered(record.seq, 0);
  assert.equal(folder.journal.redeliver({ sinceMs: nowMs - minuteMs }), 1);
});

Deno.test("a redelivered record counts as undelivered, waits from that time, stays marked as delivered and is not removed", () => {
  using folder = new TempFolder();
  delivered(folder, [1_000_000, 20]);
  assert.deepEqual([folder.journal.undelivered(), folder.journal.longestWaiting()], [0, undefined]);
  folder.journal.redeliver({ all: true });
  assert.deepEqual([folder.journal.undelivered(), folder.journal.longestWaiting()], [2, { seq: 1, sinceMs: nowMs }]);
  assert.equal(folder.journal.prune(nowMs), 0);
  folder.reopen();
  assert.deepEqual(waiting(folder), ["tx-1000000", "tx-20"]);
  const deliveredAtMs = folder.journal.record(2)?.deliveredAtMs;
  assert.equal(deliveredAtMs, nowMs - 20 * minuteMs);
  folder.journal.markDelivered(2, nowMs, { stream: "KEPT", streamSeq: 101 });
  assert.deepEqual([folder.journal.undelivered(), folder.journal.record(2)?.deliveredAtMs], [1, deliveredAtMs]);
  folder.journal.storeRecord({ ...newRecord("new"), readAtMs: 7 });
  assert.deepEqual(folder.journal.longestWaiting(), { seq: 3, sinceMs: 7 });
});

Deno.test("Journal.noteStream stores the state of a stream, and a delivery stores its position there", () => {
  using folder = new TempFolder();
  assert.equal(folder.journal.knownStream("KEPT"), undefined);
  folder.journal.noteStream({ stream: "KEPT", createdAt: "2026", lastSeq: 5 });
  const [first, second] = delivered(folder, [30, 20]);
  folder.reopen();
  assert.deepEqual(folder.journal.knownStream("KEPT"), { stream: "KEPT", createdAt: "2026", lastSeq: 80 });
  assert.deepEqual(folder.journal.lastRecordInStream("KEPT", 99), { streamSeq: 80, messageId: second });
  assert.deepEqual(folder.journal.lastRecordInStream("KEPT", 79), { streamSeq: 70, messageId: first });
  assert.equal(folder.journal.lastRecordInStream("KEPT", 69), undefined);
  folder.journal.noteStream({ stream: "KEPT", createdAt: "2027", lastSeq: 3 });
  assert.deepEqual(folder.journal.knownStream("KEPT"), { stream: "KEPT", createdAt: "2027", lastSeq: 3 });
});

Deno.test("Journal.recentlyDelivered returns the records of the last minutes, and few if the clock was or is wrong", () => {
  using folder = new TempFolder();
  const ageMs = 25 * minuteMs;
  const lately = (atMs: number) => folder.journal.recentlyDelivered(atMs, ageMs, 9);
  delivered(folder, [-99_000, -98_990, 30, 20]);
  assert.deepEqual(lately(nowMs), [4]);
  // The clock of a machine may be behind after its start
  assert.deepEqual(lately(0), [3, 4]);
  assert.deepEqual(lately(nowMs + 60 * minuteMs), []);
});

Deno.test("openJournal keeps the pending redeliveries of a damaged journal", () => {
  using folder = new TempFolder();
  delivered(folder, [30, 20]);
  folder.journal.redeliver({ all: true });
  folder.journal.close();
  folder.sql((db) => db.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
  const root = folder.sql((db) =>
    Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'places'").get()?.["rootpage"])
  );
  using disk = Deno.openSync(folder.database, { read: true, write: true });
  disk.seekSync((root - 1) * 4096, Deno.SeekMode.Start);
  disk.writeSync(new Uint8Array(4096).fill(0xaa));
  folder.open();
  assert.equal(folder.journal.damaged?.savedRecords, 2);
  assert.deepEqual(waiting(folder), ["tx-30", "tx-20"]);
});

Deno.test("Journal.outbox starts after a record and skips the records of meters that are held back", () => {
  using folder = new TempFolder();
  const meters = ["evse-1", "evse-2", "evse-1", "evse-2", "evse-3"];
  for (const [index, meter] of meters.entries()) folder.journal.storeRecord({ ...newRecord(`tx-${index + 1}`), meter });
  const seqs = (...args: Parameters<typeof folder.journal.outbox>) =>
    folder.journal.outbox(...args).map(({ seq }) => seq);
  assert.deepEqual(seqs(2, 1), [2, 3]);
  assert.deepEqual(seqs(9, 0, new Map([["evse-1", 1], ["evse-2", 2]])), [1, 2, 5]);
});
