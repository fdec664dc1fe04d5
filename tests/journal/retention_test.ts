import assert from "node:assert/strict";
import { type Log, silentLog } from "../../src/base/log.ts";
import { keepRetention } from "../../src/journal/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { threadTimeMs } from "../support/thread_time.ts";
import { newRecord, openChange, TempFolder } from "./temp_folder.ts";

const dayMs = 86_400_000;

const hourMs = 3_600_000;
/** So late that a record can be years old and still newer than the first release. */
const laterMs = Date.UTC(2028, 0, 31, 8);
const good = () => true;

/** Adds delivered records with these ages in days. */
function deliveredBefore(folder: TempFolder, time: FakeTime, ages: readonly number[]): void {
  for (const days of ages) {
    const id = `tx-${days}`;
    const atMs = time.now() - days * dayMs;
    folder.journal.change({ ...openChange(id), state: "running", atMs });
    const { record } = folder.journal.storeRecord({ ...newRecord(id), readAtMs: atMs });
    folder.journal.markDelivered(record.seq, atMs);
  }
}

const idsOf = (folder: TempFolder) => folder.journal.records().map(({ transactionId }) => transactionId);

Deno.test("keepRetention removes old records at once and then every hour, and never an undelivered record", async () => {
  using folder = new TempFolder();
  const time = new FakeTime(laterMs);
  folder.journal.change({ ...openChange("tx-400"), state: "running", atMs: laterMs - 400 * dayMs });
  folder.journal.storeRecord({ ...newRecord("tx-400"), readAtMs: laterMs - 400 * dayMs });
  deliveredBefore(folder, time, [366, 365, 364.99, 363.5]);
  const stop = new AbortController();
  const lines: string[] = [];
  const log: Log = { ...silentLog, info: (message, fields) => lines.push(`${message} ${fields?.["records"]}`) };
  const kept = keepRetention(folder.live, () => 365, { time, log, signal: stop.signal, isClockGood: good });
  await time.advance(1);
  assert.deepEqual(idsOf(folder), ["tx-400", "tx-365", "tx-364.99", "tx-363.5"]);
  await time.advance(hourMs);
  assert.deepEqual(idsOf(folder), ["tx-400", "tx-363.5"]);
  await time.advance(2 * dayMs);
  assert.deepEqual(idsOf(folder), ["tx-400"]);
  assert.deepEqual(folder.journal.transactions().map(({ transactionId }) => transactionId), ["tx-400"]);
  assert.deepEqual(lines, [1, 2, 1].map((records) => `Removed old records from the journal ${records}`));
  stop.abort();
  await kept;
  assert.equal(time.sleeping, 0);
});

Deno.test("the file contains nothing of a removed transaction", async () => {
  using folder = new TempFolder();
  const request = `{"identification_data":"REMOVED-TAG","padding":"${"x".repeat(3_000)}"}`;
  folder.journal.change({ ...openChange("tx-old"), state: "running", request, atMs: laterMs - 400 * dayMs });
  const ocmf = new TextEncoder().encode(`OCMF|{"ID":"REMOVED-TAG"}|${"y".repeat(9_000)}`);
  const { record } = folder.journal.storeRecord({ ...newRecord("tx-old", ocmf), readAtMs: laterMs - 400 * dayMs });
  folder.journal.markDelivered(record.seq, laterMs - 400 * dayMs);
  deliveredBefore(folder, new FakeTime(laterMs), [1]);
  folder.journal.close();
  const contains = async (text: string) =>
    new TextDecoder("latin1").decode(await Deno.readFile(folder.database)).includes(text);
  assert.ok(await contains("REMOVED-TAG"));
  folder.open();
  assert.equal(folder.journal.prune(laterMs - 365 * dayMs, 100), 1);
  folder.journal.close();
  assert.ok(!await contains("REMOVED-TAG"));
  folder.open();
  assert.deepEqual(idsOf(folder), ["tx-1"]);
});

for (const [size, most] of [[1_000, 100], [30_000, 300]] as const) {
  Deno.test(`keepRetention removes at most ${most} records of ${size} in an hour, and finally all`, async () => {
    const time = new FakeTime(laterMs);
    let left = size;
    const journal = {
      size: () => left,
      redate: () => Promise.resolve(0),
      prune(_beforeMs: number, wanted = 0): Promise<number> {
        assert.ok(wanted <= 100);
        const removed = Math.min(wanted, left);
        left -= removed;
        return Promise.resolve(removed);
      },
    };
    const stop = new AbortController();
    const kept = keepRetention(journal, () => 1, { time, log: silentLog, signal: stop.signal, isClockGood: good });
    await time.advance(hourMs - 1);
    assert.equal(left, size - most);
    await time.advance(1_000 * hourMs);
    assert.equal(left, 0);
    stop.abort();
    await kept;
  });
}

Deno.test("keepRetention removes nothing while the clock is not reliable", async () => {
  using folder = new TempFolder();
  const time = new FakeTime(laterMs);
  deliveredBefore(folder, time, [400]);
  let isGood = false;
  const stop = new AbortController();
  const deps = { time, log: silentLog, signal: stop.signal, isClockGood: () => isGood };
  const kept = keepRetention(folder.live, () => 365, deps);
  await time.advance(dayMs);
  assert.deepEqual(idsOf(folder), ["tx-400"]);
  isGood = true;
  await time.advance(hourMs);
  assert.deepEqual(idsOf(folder), []);
  stop.abort();
  await kept;
});

Deno.test("keepRetention counts the age of records from 1970 from its first run with a reliable clock, across restarts", async () => {
  using folder = new TempFolder();
  const time = new FakeTime(3_600_000);
  deliveredBefore(folder, time, [0]);
  folder.journal.change({ ...openChange("tx-failed"), state: "idle", atMs: 3_600_000 });
  time.setWall(laterMs);
  const look = async (forMs: number) => {
    const stop = new AbortController();
    const deps = { time, log: silentLog, signal: stop.signal, isClockGood: good };
    const kept = keepRetention(folder.live, () => 365, deps);
    await time.advance(forMs);
    stop.abort();
    await kept;
    return [idsOf(folder), folder.journal.transactions().map(({ state }) => state)];
  };
  const all = [["tx-0"], ["finished", "idle"]];
  assert.deepEqual(await look(1), all);
  time.setWall(laterMs + 364 * dayMs);
  assert.deepEqual(await look(1), all);
  time.setWall(laterMs + 366 * dayMs);
  assert.deepEqual(await look(1), [[], []]);
});

Deno.test("keepRetention continues after the journal rejects a write", async () => {
  const time = new FakeTime(laterMs);
  const warnings: string[] = [];
  const stop = new AbortController();
  const refuse = () => Promise.reject(new Error("disk full"));
  const failing = { size: () => 1, redate: refuse, prune: refuse };
  const log: Log = { ...silentLog, warn: (message) => warnings.push(message) };
  const kept = keepRetention(failing, () => 1, { time, log, signal: stop.signal, isClockGood: good });
  await time.advance(2 * hourMs);
  assert.equal(warnings.length, 3);
  assert.match(warnings[0] ?? "", /retrying in an hour: disk full/);
  stop.abort();
  await kept;
});

Deno.test("Journal.prune does not count a date before the first release as old", () => {
  using folder = new TempFolder();
  deliveredBefore(folder, new FakeTime(3_600_000), [0]);
  assert.equal(folder.journal.prune(laterMs), 0);
  assert.equal(folder.journal.transaction("evse-1", "tx-0")?.state, "finished");
});

Deno.test("Journal.prune keeps first key, last pagination and place of a meter, and allows its transaction ids again", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  journal.storePlace("evse-1", "BY1.2025", 1);
  journal.change({ ...openChange("tx-1"), state: "running" });
  const { record } = journal.storeRecord(newRecord("tx-1"));
  const verdict = { signature: "valid", session: "ok", key: "first_seen", problems: [] };
  journal.storeVerdict(record.seq, verdict, { key: "04AA", pagination: 7 });
  journal.markDelivered(record.seq, laterMs);
  journal.redate(laterMs);
  assert.equal(journal.prune(laterMs + 1), 1);
  assert.deepEqual(folder.reopen().memory("BY1.2025"), { firstKey: "04AA", lastPagination: 7 });
  assert.equal(folder.journal.place("evse-1")?.meterId, "BY1.2025");
  assert.equal(folder.journal.transaction("evse-1", "tx-1"), undefined);
  assert.equal(folder.journal.storeRecord(newRecord("tx-1")).record.seq, 2);
});

Deno.test("Journal.prune removes at most the given number of records, oldest first", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  for (const [id, atMs] of [["tx-1", 30], ["tx-2", 10], ["tx-3", 20]] as const) {
    journal.markDelivered(journal.storeRecord(newRecord(id)).record.seq, laterMs + atMs);
  }
  assert.equal(journal.prune(laterMs + 100, 2), 2);
  assert.deepEqual(journal.records().map(({ transactionId }) => transactionId), ["tx-1"]);
});

Deno.test("Journal.prune removes thousands of records within seconds", () => {
  using folder = new TempFolder();
  const journal = folder.open();
  const insert = "INSERT INTO records (message_id, meter, meter_id, transaction_id, reason, ocmf, public_key, " +
    `signing_method, read_at, delivered_at) VALUES (?, 'evse-1', 'BY1.2025', ?, 'stopped', x'00', '', '', 1, ${laterMs})`;
  folder.sql((db) => {
    db.exec("BEGIN");
    const record = db.prepare(insert);
    const transaction = db.prepare(
      "INSERT INTO transactions (meter, meter_id, transaction_id, state, changed_at, record_seq) " +
        `VALUES ('evse-1', 'BY1.2025', ?, 'finished', ${laterMs}, ?)`,
    );
    for (let n = 1; n <= 20_000; n++) {
      record.run(`m-${n}`, `tx-${n}`);
      transaction.run(`tx-${n}`, n);
    }
    db.exec("COMMIT");
  });
  const startMs = threadTimeMs();
  let removed = 0;
  for (let last = 1; last > 0; removed += last) last = journal.prune(laterMs + 1);
  assert.equal(removed, 20_000);
  // Needs a second or two, and minutes if each record is compared with all others
  assert.ok(threadTimeMs() - startMs < 30_000);
  assert.deepEqual(journal.transactions(), []);
});
