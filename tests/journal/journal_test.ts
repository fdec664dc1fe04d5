import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

Deno.test("Journal.storeRecord stores the bytes unchanged and ends the transaction in the same step", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  journal.change({ ...openChange("tx-1"), state: "starting", startedAtMs: 5, evseId: "DE*1", request: "{}" });
  journal.setStartValue("evse-1", "tx-1", {
    data: "AB",
    signature: "CD",
    signingMethod: "m",
    publicKey: "04",
    takenAtMs: 6,
  });
  const bytes = Uint8Array.from([0x4f, 0, 0xff, 0xfe, 0x0a, 0x80]);
  const { record, created } = journal.storeRecord(newRecord("tx-1", bytes));
  assert.equal(created, true);
  assert.deepEqual(record.ocmf, bytes);
  assert.deepEqual([record.evseId, record.startedAtMs, record.startValue?.data], ["DE*1", 5, "AB"]);
  const transaction = journal.transaction("evse-1", "tx-1");
  assert.deepEqual([transaction?.state, transaction?.reason, transaction?.recordSeq], [
    "finished",
    "stopped",
    record.seq,
  ]);
  assert.deepEqual(journal.changes(1).map(({ state }) => state), ["starting", "finished"]);
});

Deno.test("Journal.storeRecord stores the same bytes of the same meter in one row with one message id", () => {
  using folder = new TempFolder();
  const bytes = new TextEncoder().encode("OCMF|{}|{}");
  const first = folder.open().storeRecord(newRecord("tx-1", bytes));
  const again = folder.reopen().storeRecord({ ...newRecord("tx-1", bytes), readAtMs: 99, reason: "recovered" });
  assert.deepEqual(again, { record: first.record, created: false });
  assert.equal(folder.journal.changes(1).length, 1);
  const other = folder.journal.storeRecord({ ...newRecord("tx-1", bytes), meterId: "BY2.2025" });
  assert.equal(other.created, true);
  assert.notEqual(other.record.messageId, first.record.messageId);
  assert.match(first.record.messageId, /^BY1\.[0-9a-f]{64}$/);
});

Deno.test("Journal.storeRecord does not replace the record of an ended transaction, unless it comes from a corrupted file", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  const store = (bytes: string, reason: "stopped" | "recovered" | "corrupted") =>
    journal.storeRecord({ ...newRecord("tx-1", new TextEncoder().encode(bytes)), reason }).record.seq;
  const ending = () => [journal.transaction("evse-1", "tx-1")].map((it) => [it?.state, it?.reason, it?.recordSeq])[0];
  const broken = store("broken", "corrupted");
  assert.deepEqual(ending(), ["corrupted", "corrupted", broken]);
  const valid = store("valid", "stopped");
  assert.deepEqual(ending(), ["finished", "stopped", valid]);
  store("other", "recovered");
  store("other broken", "corrupted");
  assert.deepEqual(ending(), ["finished", "stopped", valid]);
  assert.equal(journal.undelivered(), 4);
  journal.change({ ...openChange("tx-1"), state: "running" });
  const again = store("again", "stopped");
  assert.deepEqual(ending(), ["finished", "stopped", again]);
});

Deno.test("Journal.storeRecord ends the transaction of a renamed meter under each of its names", () => {
  using folder = new TempFolder();
  const { journal } = folder;
  const startValue = { data: "01", signature: "02", signingMethod: "m", takenAtMs: 11, publicKey: "04AA" };
  journal.change({ ...openChange("tx-1"), evseId: "DE*1", request: "{}", state: "starting", startedAtMs: 9 });
  journal.change({ ...openChange("tx-1"), state: "running" });
  journal.setStartValue("evse-1", "tx-1", startValue);
  journal.change({ ...openChange("tx-1"), state: "finished", reason: "meter_exchanged" });
  journal.change({ ...openChange("tx-1"), meter: "evse-2", state: "running" });
  const other = journal.change({ ...openChange("tx-1"), meter: "evse-3", meterId: "BY2.2025", state: "running" });
  const { record } = journal.storeRecord({ ...newRecord("tx-1"), meter: "evse-2", reason: "superseded" });
  assert.deepEqual([record.evseId, record.startedAtMs, record.startValue], ["DE*1", 9, startValue]);
  for (const meter of ["evse-1", "evse-2"]) {
    const { state, reason, recordSeq } = journal.transaction(meter, "tx-1") ?? {};
    assert.deepEqual([state, reason, recordSeq], ["finished", "superseded", record.seq], meter);
  }
  assert.deepEqual(journal.transaction("evse-3", "tx-1"), other);
});

Deno.test("Journal.storeRecord stores empty files of different transactions as different records", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  const empty = new Uint8Array();
  const created = ["tx-1", "tx-2", "tx-1"].map((id) => journal.storeRecord(newRecord(id, empty)).created);
  assert.deepEqual(created, [true, true, false]);
});

Deno.test("Journal.outbox lists undelivered records in order, across restarts", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  for (const id of ["tx-1", "tx-2", "tx-3"]) journal.storeRecord(newRecord(id));
  journal.markDelivered(2, 50);
  journal.markDelivered(2, 60);
  assert.deepEqual(folder.reopen().outbox(10).map(({ transactionId }) => transactionId), ["tx-1", "tx-3"]);
  assert.deepEqual(folder.journal.outbox(1).map(({ seq }) => seq), [1]);
  assert.equal(folder.journal.undelivered(), 2);
  assert.equal(folder.journal.record(2)?.deliveredAtMs, 50);
});

Deno.test("Journal.prune removes records that were delivered long ago and never undelivered ones", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  const atMs = Date.UTC(2026, 0, 31, 8);
  for (const id of ["tx-1", "tx-2", "tx-3"]) {
    journal.change({ ...openChange(id), state: "running", atMs });
    journal.storeRecord({ ...newRecord(id), readAtMs: atMs });
  }
  journal.change({ ...openChange("tx-4"), state: "running", atMs });
  journal.change({ ...openChange("tx-5"), state: "idle", atMs });
  journal.markDelivered(1, atMs + 50);
  journal.markDelivered(2, atMs + 500);
  assert.equal(journal.prune(atMs + 100), 1);
  assert.deepEqual(journal.records().map(({ transactionId }) => transactionId), ["tx-2", "tx-3"]);
  assert.deepEqual(journal.transactions().map(({ transactionId }) => transactionId), ["tx-2", "tx-3", "tx-4"]);
  assert.deepEqual(journal.changes(1), []);
});

Deno.test("Journal.storeVerdict of an earlier record does not restore its pagination", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  const verdict = { signature: "valid", session: "ok", key: "pinned", problems: [] };
  for (const id of ["tx-1", "tx-2"]) journal.storeRecord(newRecord(id));
  for (const seq of [1, 2, 1]) journal.storeVerdict(seq, verdict, { pagination: seq });
  assert.equal(journal.memory("BY1.2025").lastPagination, 2);
});

Deno.test("Journal.recordsBefore returns the last records of a meter under all its ids", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  const verdict = { signature: "valid", session: "ok", key: "pinned", problems: [] };
  for (const [index, meterId] of ["BY1.2025", "BY2.2025", "BY1", "BY1.2025"].entries()) {
    const { record } = journal.storeRecord({ ...newRecord(`tx-${index + 1}`), meterId });
    journal.storeVerdict(record.seq, verdict, {});
  }
  assert.deepEqual(journal.idsOf("BY1.2025"), ["BY1.2025", "BY1"]);
  const before = (limit: number) => journal.recordsBefore(4, ["BY1", "BY1.2025"], limit).map(({ seq }) => seq);
  assert.deepEqual([before(9), before(1)], [[3, 1], [3]]);
});

Deno.test("Journal identifies a meter by its serial number, with or without its year of production", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  const verdict = { signature: "valid", session: "ok", key: "pinned", problems: [] };
  journal.storePlace("evse-1", "BY1.2025", 10);
  for (const [first, second] of [["BY1", "BY1.2025"], ["BY1.2025", "BY1"]] as const) {
    const id = `tx-${first}`;
    journal.change({ ...openChange(id), meterId: first, state: "running", evseId: "DE*1" });
    const { record } = journal.storeRecord({ ...newRecord(id), meterId: first });
    const again = journal.storeRecord({ ...newRecord(id), meterId: second });
    assert.deepEqual(again, { record, created: false });
    journal.storeVerdict(record.seq, verdict, { key: "04AA", pagination: record.seq });
    assert.deepEqual(journal.memory(second), { firstKey: "04AA", lastPagination: record.seq });
    const next = `next-${first}`;
    journal.change({ ...openChange(next), meterId: first, state: "running", evseId: "DE*2" });
    const other = journal.storeRecord({ ...newRecord(next), meterId: second });
    assert.deepEqual([other.record.evseId, journal.transaction("evse-1", next)?.state], ["DE*2", "finished"]);
  }
  assert.equal(journal.memory("BY10.2025").firstKey, undefined);
  journal.pinKey("BY1", "04BB");
  assert.equal(journal.memory("BY1.2025").firstKey, "04BB");
});

Deno.test("Journal.storeRecord keeps the message id of a record from an earlier release", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  const { record } = journal.storeRecord(newRecord("tx-1"));
  const hash = createHash("sha256").update("BY1.2025").update("\0").update("tx-1").digest("hex");
  folder.sql((db) => db.prepare("UPDATE records SET message_id = ?").run(`BY1.2025.${hash}`));
  journal.storeVerdict(record.seq, { signature: "valid", session: "ok", key: "pinned", problems: [] }, {});
  for (const meterId of ["BY1", "BY1.2025"]) {
    const again = journal.storeRecord({ ...newRecord("tx-1"), meterId });
    assert.deepEqual([again.created, again.record.messageId], [false, `BY1.2025.${hash}`]);
  }
});

Deno.test("Journal.recordNotice returns true once for each text, across restarts", () => {
  using folder = new TempFolder();
  assert.equal(folder.open().recordNotice("clock.require_sync", 1), true);
  assert.equal(folder.journal.recordNotice("clock.require_sync", 2), false);
  assert.equal(folder.reopen().recordNotice("clock.require_sync", 3), false);
  assert.equal(folder.journal.recordNotice("another", 3), true);
});

Deno.test("Journal.storeVerdict remembers the first key and the last pagination of a meter", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  const verdict = { signature: "valid", session: "ok", key: "first_seen", problems: ["none \u00e4"] };
  assert.deepEqual(journal.memory("BY1.2025"), { firstKey: undefined, lastPagination: undefined });
  journal.storeRecord(newRecord("tx-1"));
  journal.storeRecord(newRecord("tx-2"));
  assert.deepEqual([...journal.recordsWithoutVerdict("evse-1")].map(({ seq }) => seq), [1, 2]);
  journal.storeVerdict(1, verdict, { key: "04AA", pagination: 7 });
  journal.storeVerdict(2, verdict, { key: "04BB", pagination: 8 });
  assert.deepEqual(journal.memory("BY1.2025"), { firstKey: "04AA", lastPagination: 8 });
  assert.deepEqual(journal.record(2)?.verdict, verdict);
  assert.deepEqual([...journal.recordsWithoutVerdict("evse-1")], []);
});

Deno.test("Journal.change resets a transaction whose start failed", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  journal.change({ ...openChange("tx-1"), state: "starting", startedAtMs: 5 });
  journal.change({ ...openChange("tx-1"), state: "idle", reason: "refused" });
  assert.deepEqual(journal.transaction("evse-1", "tx-1")?.startedAtMs, undefined);
  journal.change({ ...openChange("tx-1"), state: "starting", startedAtMs: 9 });
  journal.change({ ...openChange("tx-1"), state: "running" });
  journal.change({ ...openChange("tx-1"), state: "stopping", atMs: 11 });
  journal.change({ ...openChange("tx-1"), state: "finished", atMs: 12 });
  const { startedAtMs, stoppedAtMs, reason } = journal.transaction("evse-1", "tx-1") ?? {};
  assert.deepEqual([startedAtMs, stoppedAtMs, reason], [9, 11, undefined]);
  assert.equal(journal.changes(1).length, 6);
});

Deno.test("Journal.lastTransaction returns the transaction that changed last, even after the clock was set back", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  journal.change({ ...openChange("tx-1"), state: "running", atMs: 900 });
  journal.change({ ...openChange("tx-2"), state: "running", atMs: 100 });
  assert.equal(journal.lastTransaction("evse-1")?.transactionId, "tx-2");
  journal.change({ ...openChange("tx-1"), state: "finished", atMs: 50 });
  assert.equal(journal.lastTransaction("evse-1")?.transactionId, "tx-1");
  assert.equal(journal.lastTransaction("evse-2"), undefined);
});

Deno.test("Journal lists the newest rows by meter and transaction, up to a limit", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  for (const id of ["tx-1", "tx-2", "tx-3"]) journal.storeRecord(newRecord(id));
  journal.storeRecord({ ...newRecord("tx-1"), meter: "evse-2", meterId: "BY2.2025" });
  assert.deepEqual(journal.records({ meter: "evse-1", limit: 2 }).map(({ seq }) => seq), [2, 3]);
  assert.deepEqual(journal.records({ transactionId: "tx-1" }).map(({ seq }) => seq), [1, 4]);
  assert.deepEqual(journal.transactions({ meter: "evse-2" }).map(({ transactionId }) => transactionId), ["tx-1"]);
});

Deno.test("Journal stores nothing of a write that fails, reports it, and continues when it can write again", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  journal.change({ ...openChange("tx-1"), state: "stopping" });
  const saboteur = new DatabaseSync(folder.database);
  saboteur.exec("CREATE TRIGGER full BEFORE UPDATE ON transactions BEGIN SELECT RAISE(FAIL, 'disk full'); END");
  assert.throws(() => journal.storeRecord(newRecord("tx-1")), (error) => {
    assert.ok(error instanceof Error && "code" in error);
    assert.equal(error.code, "write_failed");
    assert.match(error.message, /Cannot store the record of transaction tx-1 in .*journal\.db/);
    return true;
  });
  assert.deepEqual(journal.records(), []);
  assert.equal(journal.transaction("evse-1", "tx-1")?.state, "stopping");
  saboteur.exec("DROP TRIGGER full");
  saboteur.close();
  assert.equal(journal.storeRecord(newRecord("tx-1")).created, true);
});

Deno.test("Journal refuses to write after it is closed", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  journal.close();
  assert.throws(() => journal.storeRecord(newRecord("tx-1")), { code: "write_failed" });
  assert.throws(() => journal.records(), { code: "read_failed" });
});
