import assert from "node:assert/strict";
import { toRecord, toTransaction } from "../../src/journal/rows.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

const verdict = { signature: "valid", session: "ok", key: "pinned", problems: [] };
const startValue = { data: "AB", signature: "CD", signingMethod: "m", publicKey: "04", takenAtMs: 6 };

const record = {
  seq: 7n,
  message_id: `BY1.2025.${"0".repeat(64)}`,
  meter: "evse-1",
  meter_id: "BY1.2025",
  transaction_id: "tx-1",
  evse_id: "DE*1",
  reason: "stopped",
  ocmf: Uint8Array.of(1),
  public_key: "04AA",
  signing_method: "m",
  verdict: JSON.stringify(verdict),
  start_value: JSON.stringify(startValue),
  started_at: 5n,
  read_at: 20n,
  delivered_at: 30n,
};

const transaction = {
  seq: 3n,
  meter: "evse-1",
  meter_id: "BY1.2025",
  transaction_id: "tx-1",
  evse_id: "DE*1",
  request: "{}",
  state: "stopping",
  reason: "cancelled",
  start_value: JSON.stringify(startValue),
  started_at: 5n,
  stopped_at: 6n,
  changed_at: 6n,
  record_seq: null,
};

/** Values that damage can leave in a column: another type, a number beyond 2^53 or any date, a damaged text. */
const damagedValues = [
  null,
  2n ** 62n,
  9e15,
  "\u0000\ufffd x",
  "[",
  '{"signature":"vamid"}',
  "null",
  "7",
  Uint8Array.of(91),
];

Deno.test("toRecord returns a complete record with any value in one column, and names the column", () => {
  const whole = toRecord(record);
  assert.deepEqual(whole?.unreadable, []);
  assert.deepEqual(whole?.value.verdict, verdict);
  for (const column of Object.keys(record).filter((name) => name !== "seq")) {
    for (const value of damagedValues) {
      const read = toRecord({ ...record, [column]: value });
      assert.ok(read !== undefined);
      assert.ok(read.unreadable.every((name) => name === column), `${column} ${read.unreadable}`);
      new Date(read.value.readAtMs).toISOString();
      assert.match(read.value.meter, /^[\w-]+$/);
      assert.match(read.value.messageId, /^[\x21-\x7e]+$/);
      assert.ok(read.value.verdict === undefined || read.value.verdict.signature === "valid");
    }
  }
  const { value, unreadable } = toRecord({ ...record, verdict: "[", message_id: "\n", meter: "a b" }) ?? {};
  assert.deepEqual([value?.verdict, value?.meter, unreadable], [undefined, "_unknown", [
    "message_id",
    "meter",
    "verdict",
  ]]);
  assert.match(value?.messageId ?? "", /^BY1\.[0-9a-f]{64}$/);
  assert.equal(toRecord({ ...record, seq: 2n ** 62n }), undefined);
});

Deno.test("toTransaction returns a complete transaction with any value in one column, its state from its last change", () => {
  for (const column of Object.keys(transaction).filter((name) => name !== "seq")) {
    for (const value of damagedValues) {
      const read = toTransaction({ ...transaction, [column]: value }, () => "stopping");
      assert.ok(read !== undefined);
      assert.ok(read.unreadable.every((name) => name === column), `${column} ${read.unreadable}`);
      assert.equal(read.value.state, "stopping");
    }
  }
  const state = (last: string | undefined, recordSeq: bigint | null) =>
    toTransaction({ ...transaction, state: "funning", record_seq: recordSeq }, () => last)?.value.state;
  assert.deepEqual([state("idle", null), state("x", 9n), state(undefined, null)], ["idle", "finished", "running"]);
});

Deno.test("Journal lists a damaged column until it is written again, and returns a record with a damaged verdict as recordsWithoutVerdict", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  journal.change({ ...openChange("tx-1"), state: "running" });
  journal.change({ ...openChange("tx-2"), state: "running" });
  journal.storeRecord(newRecord("tx-1"));
  journal.storeVerdict(1, verdict, { key: "04AA" });
  folder.sql((db) =>
    db.exec(`UPDATE records SET verdict = '[' || substr(verdict, 2);
      UPDATE transactions SET state = 'runninh' WHERE transaction_id = 'tx-2';
      UPDATE meters SET first_key = '04AX'`)
  );
  assert.deepEqual(journal.unreadable(), []);
  assert.deepEqual(journal.outbox(9).map(({ seq, verdict: read }) => [seq, read]), [[1, undefined]]);
  assert.deepEqual(journal.openTransactions("evse-1").map(({ transactionId }) => transactionId), ["tx-2"]);
  assert.equal(journal.memory("BY1.2025").firstKey, undefined);
  assert.deepEqual(journal.unreadable(), [
    "verdict of record 1",
    "state of transaction 2",
    "first_key of meter BY1.2025",
  ]);
  assert.deepEqual([...journal.recordsWithoutVerdict("evse-1")].map(({ seq }) => seq), [1]);
  assert.deepEqual([...journal.recordsWithoutVerdict("evse-2")], []);
  journal.storeVerdict(1, verdict, {});
  journal.change({ ...openChange("tx-2"), state: "stopping" });
  journal.pinKey("BY1.2025", "04AB");
  assert.deepEqual(journal.unreadable(), []);
  assert.deepEqual(journal.outbox(9)[0]?.verdict, verdict);
});

Deno.test("Journal stores a record whose transaction has a damaged column", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  journal.change({ ...openChange("tx-1"), state: "running", startedAtMs: 5 });
  folder.sql((db) => db.exec("UPDATE transactions SET started_at = 9223372036854775807, start_value = '{'"));
  const { record: stored, created } = journal.storeRecord(newRecord("tx-1"));
  assert.deepEqual([created, stored.startedAtMs, stored.startValue], [true, undefined, undefined]);
  assert.equal(journal.transaction("evse-1", "tx-1")?.state, "finished");
});

Deno.test("Journal lists more rows than one statement reads, in order", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  const insert = "INSERT INTO records (message_id, meter, meter_id, transaction_id, reason, ocmf, public_key, " +
    "signing_method, read_at) VALUES (?, 'evse-1', 'BY1.2025', ?, 'stopped', x'00', '', '', 1)";
  folder.sql((db) => {
    db.exec("BEGIN");
    for (let n = 1; n <= 250; n++) db.prepare(insert).run(`m-${n}`, `tx-${n}`);
    for (let n = 1; n <= 250; n++) {
      db.prepare(
        "INSERT INTO transactions (meter, meter_id, transaction_id, state, changed_at) VALUES (?, '', ?, ?, 1)",
      )
        .run("evse-1", `tx-${n}`, "idle");
    }
    for (let n = 1; n <= 250; n++) db.exec("INSERT INTO changes (transaction_seq, state, at) VALUES (9, 'idle', 1)");
    db.exec("COMMIT");
  });
  const all = Array.from({ length: 250 }, (_, index) => `tx-${index + 1}`);
  const ids = (rows: Iterable<{ transactionId: string | undefined }>) => [...rows].map((row) => row.transactionId);
  assert.deepEqual(ids(journal.records()), all);
  assert.deepEqual(ids(journal.records({ limit: 101 })), all.slice(-101));
  assert.deepEqual(ids(journal.eachRecord()), all);
  assert.deepEqual([1, 100, 101, 999].map((limit) => journal.outbox(limit).length), [1, 100, 101, 250]);
  assert.deepEqual(ids(journal.outbox(999)), all);
  assert.deepEqual(ids(journal.recordsWithoutVerdict("evse-1")), all);
  assert.deepEqual(ids(journal.transactions({ meter: "evse-1", limit: 100 })), all.slice(-100));
  assert.deepEqual(ids(journal.transactions()), all);
  assert.equal(journal.changes(9).length, 250);
});
