/**
 * Measures the disk space of transactions, and the cost of a large journal at a start and in use.
 *
 *     deno run --allow-all tests/bench/journal_size.ts [TRANSACTIONS]
 *
 * Prints one line per result. The rows have the size of those of an EM580 with a 384-bit key: a record of 1083 bytes, a
 * signed value of 122 bytes with its signature of 96, four changes of state. The file is in the system's cache.
 */
import { DatabaseSync } from "node:sqlite";
import { type Journal, openJournal } from "../../src/journal/mod.ts";
import { someBytes } from "../support/some_bytes.ts";

const transactions = Number(Deno.args[0] ?? 100_000);
if (!Number.isSafeInteger(transactions) || transactions < 1) {
  print("usage: journal_size.ts [TRANSACTIONS]   (100000)");
  Deno.exit(2);
}

const folder = Deno.makeTempDirSync({ prefix: "wattseal-" });
const path = `${folder}/journal.db`;
try {
  const open = () => openJournal(folder, { now: Date.now });
  writeOne(open());
  fill(transactions);
  const { size } = Deno.statSync(path);
  print(`${transactions} transactions: ${(size / 1e6).toFixed(0)} MB, ${Math.round(size / transactions)} bytes each`);
  let journal = timed("start after a crash", open);
  journal.close();
  journal = timed("start after a clean end", open);
  timed("last transaction of a meter", () => journal.lastTransaction("evse-1"));
  timed("number of records that wait", () => journal.undelivered());
  timed("one change of a state", () => change(journal, "running"));
  timed("removal of 100 old records", () => journal.prune(Date.now() + 1000));
  journal.close();
} finally {
  Deno.removeSync(folder, { recursive: true });
}

function change(journal: Journal, state: "starting" | "running" | "stopping"): void {
  const request = JSON.stringify({ identification_data: "1F2D3A4F5506C7", tariff_text: "0.30 EUR/kWh ".repeat(15) });
  journal.change({
    meter: "evse-1",
    meterId: "BY123456789.2025",
    transactionId: crypto.randomUUID(),
    evseId: "DE*ABC*E1",
    request,
    state,
    atMs: Date.now(),
  });
}

/** Writes one complete transaction, like the service. */
function writeOne(journal: Journal): void {
  const id = crypto.randomUUID();
  const meter = { meter: "evse-1", meterId: "BY123456789.2025", transactionId: id };
  const evse = { evseId: "DE*ABC*E1", request: JSON.stringify({ tariff_text: "0.30 EUR/kWh ".repeat(18) }) };
  const publicKey = someBytes(97).toHex();
  journal.change({ ...meter, ...evse, state: "starting", atMs: Date.now() });
  journal.change({ ...meter, state: "running", startedAtMs: Date.now(), atMs: Date.now() });
  const signingMethod = "ECDSA-brainpoolP384r1-SHA256";
  journal.setStartValue(meter.meter, id, {
    data: someBytes(122).toHex(),
    signature: someBytes(96).toHex(),
    signingMethod,
    publicKey,
    takenAtMs: Date.now(),
  });
  journal.change({ ...meter, state: "stopping", atMs: Date.now() });
  const { record } = journal.storeRecord({
    ...meter,
    evseId: undefined,
    reason: "stopped",
    ocmf: someBytes(1083),
    publicKey,
    signingMethod,
    readAtMs: Date.now(),
  });
  journal.storeVerdict(record.seq, { signature: "valid", session: "ok", key: "pinned", problems: [] }, {
    key: publicKey,
  });
  journal.markDelivered(record.seq, Date.now());
  journal.close();
}

/** Copies the rows of that transaction with other ids, for thirteen meters. */
function fill(count: number): void {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA synchronous = OFF; BEGIN");
  const copies = ["records", "transactions"].map((table) => {
    const columns = db.prepare(`PRAGMA table_info(${table})`).all().map((row) => String(row["name"]));
    const others = new Map([["seq", ":seq"], ["meter", ":meter"], ["transaction_id", ":id"]]);
    if (table === "records") others.set("message_id", "'BY123456789.2025.' || :hash").set("ocmf", "randomblob(1083)");
    else others.set("record_seq", ":seq");
    const values = columns.map((column) => others.get(column) ?? column).join(", ");
    const copy = db.prepare(`INSERT INTO ${table} SELECT ${values} FROM ${table} WHERE seq = 1`);
    copy.setAllowUnknownNamedParameters(true);
    return copy;
  });
  const changes = db.prepare("INSERT INTO changes SELECT ?, state, reason, at FROM changes WHERE transaction_seq = 1");
  for (let seq = 2; seq <= count; seq++) {
    const id = crypto.randomUUID();
    const hash = id.replaceAll("-", "").repeat(2);
    for (const copy of copies) copy.run({ seq, meter: `evse-${seq % 13 + 1}`, id, hash });
    changes.run(seq);
  }
  db.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
}

function timed<T>(what: string, work: () => T): T {
  const startedAt = performance.now();
  const result = work();
  print(`${what}: ${(performance.now() - startedAt).toFixed(1)} ms`);
  return result;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
