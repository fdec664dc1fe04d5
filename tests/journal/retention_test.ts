import assert from "node:assert/strict";
import { type Log, silentLog } from "../../src/base/log.ts";
import { keepRetention } from "../../src/journal/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

const dayMs = 86_400_000;

Deno.test("keepRetention removes what is older at once and then once a day, and never what was not delivered", async () => {
  using folder = new TempFolder();
  const time = new FakeTime();
  const journal = folder.open();
  const ages = [400, 366, 365, 364, 363.5];
  for (const [index, days] of ages.entries()) {
    const id = `tx-${days}`;
    const atMs = time.now() - days * dayMs;
    journal.change({ ...openChange(id), state: "running", atMs });
    const { record } = journal.storeRecord({ ...newRecord(id), readAtMs: atMs });
    if (index > 0) journal.markDelivered(record.seq, atMs);
  }
  const left = () => journal.records().map(({ transactionId }) => transactionId);
  const stop = new AbortController();
  const lines: string[] = [];
  const log: Log = { ...silentLog, info: (message, fields) => lines.push(`${message} ${fields?.["records"]}`) };
  const kept = keepRetention(folder.live, 365, { time, log, signal: stop.signal });
  await time.advance(1);
  assert.deepEqual(left(), ["tx-400", "tx-365", "tx-364", "tx-363.5"]);
  await time.advance(dayMs);
  assert.deepEqual(left(), ["tx-400", "tx-364", "tx-363.5"]);
  await time.advance(dayMs);
  assert.deepEqual(left(), ["tx-400"]);
  assert.deepEqual(journal.transactions().map(({ transactionId }) => transactionId), ["tx-400"]);
  assert.deepEqual(lines, [1, 1, 2].map((records) => `Old records are removed from the journal ${records}`));
  stop.abort();
  await kept;
  assert.equal(time.sleeping, 0);
});

Deno.test("keepRetention lets other writes in between and removes thousands in the end", async () => {
  const time = new FakeTime();
  const asked: number[] = [];
  let left = 1700;
  const journal = {
    prune(_beforeMs: number, most = 0): Promise<number> {
      asked.push(most);
      const removed = Math.min(most, left);
      left -= removed;
      return Promise.resolve(removed);
    },
  };
  const stop = new AbortController();
  const kept = keepRetention(journal, 1, { time, log: silentLog, signal: stop.signal });
  assert.equal(asked.length, 1);
  await time.advance(1);
  assert.deepEqual([left, new Set(asked).size], [0, 1]);
  stop.abort();
  await kept;
});

Deno.test("keepRetention outlives a journal that takes nothing and ends while it removes", async () => {
  using folder = new TempFolder();
  const time = new FakeTime();
  const journal = folder.open();
  const { record } = journal.storeRecord(newRecord("tx-1"));
  journal.markDelivered(record.seq, 5);
  const warnings: string[] = [];
  const stop = new AbortController();
  const failing = {
    prune: () => Promise.reject(new Error("disk full")),
  };
  const log: Log = { ...silentLog, warn: (message) => warnings.push(message) };
  const kept = keepRetention(failing, 1, { time, log, signal: stop.signal });
  await time.advance(2 * dayMs);
  assert.equal(warnings.length, 3);
  assert.match(warnings[0] ?? "", /stay in the journal for now: disk full/);
  stop.abort();
  await kept;
  const aborted = AbortSignal.abort();
  await keepRetention(folder.live, 1, { time, log, signal: aborted });
  assert.equal(journal.records().length, 1);
});

Deno.test("Journal.prune keeps first key, last pagination and place of a meter, and lets its ids be used anew", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  journal.occupy("evse-1", "BY1.2025", 1);
  journal.change({ ...openChange("tx-1"), state: "running" });
  const { record } = journal.storeRecord(newRecord("tx-1"));
  const verdict = { signature: "valid", session: "ok", key: "first_seen", problems: [] };
  journal.judge(record.seq, verdict, { key: "04AA", pagination: 7 });
  journal.markDelivered(record.seq, 50);
  assert.equal(journal.prune(1000), 1);
  assert.deepEqual(folder.reopen().memory("BY1.2025"), { firstKey: "04AA", lastPagination: 7 });
  assert.equal(folder.journal.place("evse-1")?.meterId, "BY1.2025");
  assert.equal(folder.journal.transaction("evse-1", "tx-1"), undefined);
  assert.equal(folder.journal.storeRecord(newRecord("tx-1")).record.seq, 2);
});

Deno.test("Journal.prune removes the oldest so many", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  for (const [id, atMs] of [["tx-1", 30], ["tx-2", 10], ["tx-3", 20]] as const) {
    journal.markDelivered(journal.storeRecord(newRecord(id)).record.seq, atMs);
  }
  assert.equal(journal.prune(100, 2), 2);
  assert.deepEqual(journal.records().map(({ transactionId }) => transactionId), ["tx-1"]);
});

Deno.test("Journal.prune removes thousands of records within seconds", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  const insert = "INSERT INTO records (message_id, meter, meter_id, transaction_id, reason, ocmf, public_key, " +
    "signing_method, read_at, delivered_at) VALUES (?, 'evse-1', 'BY1.2025', ?, 'stopped', x'00', '', '', 1, 1)";
  folder.sql((db) => {
    db.exec("BEGIN");
    const record = db.prepare(insert);
    const transaction = db.prepare(
      "INSERT INTO transactions (meter, meter_id, transaction_id, state, changed_at, record_seq) " +
        "VALUES ('evse-1', 'BY1.2025', ?, 'finished', 1, ?)",
    );
    for (let n = 1; n <= 20_000; n++) {
      record.run(`m-${n}`, `tx-${n}`);
      transaction.run(`tx-${n}`, n);
    }
    db.exec("COMMIT");
  });
  const startedAt = performance.now();
  assert.equal(journal.prune(1000), 20_000);
  assert.ok(performance.now() - startedAt < 5000);
  assert.deepEqual(journal.transactions(), []);
});
