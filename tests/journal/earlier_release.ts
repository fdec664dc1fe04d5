import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

/** The exact schema of the first release. Never change it. */
const schema = `
  CREATE TABLE transactions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    meter TEXT NOT NULL,
    meter_id TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    evse_id TEXT,
    request TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    start_value TEXT,
    started_at INTEGER,
    stopped_at INTEGER,
    changed_at INTEGER NOT NULL,
    record_seq INTEGER REFERENCES records (seq) ON DELETE SET NULL,
    UNIQUE (meter, transaction_id)
  ) STRICT;
  CREATE INDEX transactions_by_state ON transactions (meter, state);
  CREATE INDEX transactions_by_meter_id ON transactions (meter_id, transaction_id);
  CREATE TABLE changes (
    transaction_seq INTEGER NOT NULL REFERENCES transactions (seq) ON DELETE CASCADE,
    state TEXT NOT NULL,
    reason TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX changes_by_transaction ON changes (transaction_seq);
  CREATE TABLE records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL UNIQUE,
    meter TEXT NOT NULL,
    meter_id TEXT NOT NULL,
    transaction_id TEXT,
    evse_id TEXT,
    reason TEXT NOT NULL,
    ocmf BLOB NOT NULL,
    public_key TEXT NOT NULL,
    signing_method TEXT NOT NULL,
    verdict TEXT,
    start_value TEXT,
    started_at INTEGER,
    read_at INTEGER NOT NULL,
    delivered_at INTEGER
  ) STRICT;
  CREATE INDEX records_by_transaction ON records (meter, transaction_id);
  CREATE INDEX records_undelivered ON records (seq) WHERE delivered_at IS NULL;
  CREATE INDEX records_unjudged ON records (meter) WHERE verdict IS NULL;
  CREATE TABLE meters (meter_id TEXT PRIMARY KEY, first_key TEXT, last_pagination INTEGER) STRICT;
  CREATE TABLE places (meter TEXT PRIMARY KEY, meter_id TEXT NOT NULL, exchanged_id TEXT, exchanged_at INTEGER) STRICT;
  CREATE TABLE probes (id INTEGER PRIMARY KEY, room BLOB NOT NULL) STRICT;
  CREATE INDEX transactions_by_record ON transactions (record_seq);
  CREATE INDEX records_by_delivery ON records (delivered_at);
  PRAGMA user_version = 3`;

/** A signed value at the beginning of a transaction, in the format of that release. */
export const startValue = {
  data: "0102",
  signature: "0A0B",
  signingMethod: "ECDSA-brainpoolP256r1-SHA256",
  publicKey: "04AA",
  takenAtMs: 1_785_000_000_000,
};

const verdict = { signature: "valid", session: "ok", key: "first_seen", problems: [] };

/** The message id of a record of meter BY1.2025, by the formula of that release. */
export function firstMessageId(ocmf: Uint8Array): string {
  return `BY1.2025.${createHash("sha256").update("BY1.2025").update("\0").update(ocmf).digest("hex")}`;
}

/**
 * Writes the state folder of the first release after it was killed, with five transactions. `delivered`: its record is
 * acknowledged. `waiting`: its record is verified and undelivered. `half`: its record is stored, not verified, and
 * perhaps not confirmed to the meter. `runs`: it is open on its meter. `stops`: its stop was accepted.
 *
 * @param ocmf the bytes of a record by its transaction
 */
export function writeFirstRelease(folder: string, ocmf: (transactionId: string) => Uint8Array): void {
  const path = `${folder}/journal.db`;
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${schema}`);
  db.exec(`
    INSERT INTO meters VALUES ('BY1.2025', '04AA', 41);
    INSERT INTO places VALUES ('evse-1', 'BY1.2025', NULL, NULL);
    INSERT INTO probes VALUES (1, zeroblob(16384))`);
  const transaction = db.prepare(
    `INSERT INTO transactions (meter, meter_id, transaction_id, evse_id, request, state, reason, start_value, started_at,
       stopped_at, changed_at, record_seq) VALUES (?, 'BY1.2025', ?, 'DE*1', '{}', ?, ?, ?, 10, ?, 20, ?)`,
  );
  const change = db.prepare("INSERT INTO changes VALUES (?, ?, NULL, ?)");
  const record = db.prepare(
    `INSERT INTO records (message_id, meter, meter_id, transaction_id, evse_id, reason, ocmf, public_key, signing_method,
       verdict, start_value, started_at, read_at, delivered_at)
     VALUES (?, ?, 'BY1.2025', ?, 'DE*1', 'stopped', ?, '04AA', 'm', ?, ?, 10, 20, ?)`,
  );
  const states = { delivered: "finished", waiting: "finished", half: "finished", runs: "running", stops: "stopping" };
  for (const [index, [id, state]] of Object.entries(states).entries()) {
    const meter = id === "stops" ? "evse-2" : "evse-1";
    const ended = state === "finished";
    if (ended) {
      const judged = id === "half" ? null : JSON.stringify(verdict);
      const deliveredAtMs = id === "delivered" ? 1_785_000_000_000 : null;
      record.run(firstMessageId(ocmf(id)), meter, id, ocmf(id), judged, JSON.stringify(startValue), deliveredAtMs);
    }
    transaction.run(
      meter,
      id,
      state,
      ended ? "stopped" : null,
      JSON.stringify(startValue),
      ended ? 20 : null,
      ended ? index + 1 : null,
    );
    change.run(index + 1, "starting", 9);
    change.run(index + 1, state, 20);
  }
  // As after a kill: the log exists, and the database contains nothing of it
  const files = ["", "-wal"].map((suffix) => [suffix, Deno.readFileSync(path + suffix)] as const);
  db.close();
  for (const [suffix, bytes] of files) Deno.writeFileSync(path + suffix, bytes);
  Deno.writeTextFileSync(`${folder}/lock`, "");
}

/** Uses a journal as the first release does, with the SQL of that release. Throws if that release would fail. */
export function useAsFirstRelease(path: string): { readonly undelivered: unknown[]; readonly newest: unknown } {
  const db = new DatabaseSync(path);
  try {
    const check = db.prepare("PRAGMA integrity_check(3)").all().map((row) => row["integrity_check"]);
    if (check.join() !== "ok") throw new Error(check.join());
    const version = db.prepare("PRAGMA user_version").get()?.["user_version"];
    if (version !== 3) throw new Error(`its schema is version ${version}, this release knows 3`);
    db.exec(`BEGIN IMMEDIATE;
      INSERT OR REPLACE INTO probes (id, room) VALUES (1, zeroblob(16384));
      INSERT INTO transactions (meter, meter_id, transaction_id, state, changed_at)
        VALUES ('evse-3', 'BY1.2025', 'older', 'finished', 30);
      INSERT INTO changes (transaction_seq, state, reason, at) VALUES (last_insert_rowid(), 'finished', 'stopped', 30);
      INSERT INTO records (message_id, meter, meter_id, transaction_id, evse_id, reason, ocmf, public_key,
        signing_method, start_value, started_at, read_at)
        VALUES ('BY1.2025.older', 'evse-3', 'BY1.2025', 'older', NULL, 'stopped', x'4f', '', 'm', NULL, NULL, 30);
      UPDATE transactions SET record_seq = last_insert_rowid() WHERE transaction_id = 'older';
      INSERT INTO meters (meter_id, first_key, last_pagination) VALUES ('BY1.2025', '04AA', 42)
        ON CONFLICT (meter_id) DO UPDATE SET last_pagination = 42;
      INSERT INTO places (meter, meter_id) VALUES ('evse-3', 'BY1.2025');
      UPDATE records SET delivered_at = 40 WHERE transaction_id = 'waiting';
      DELETE FROM records WHERE transaction_id = 'delivered';
      COMMIT`);
    const undelivered = db.prepare("SELECT * FROM records WHERE delivered_at IS NULL ORDER BY seq").all();
    return {
      undelivered: undelivered.map((row) => row["transaction_id"]),
      newest: db.prepare("SELECT * FROM transactions ORDER BY seq DESC LIMIT 1").get()?.["transaction_id"],
    };
  } finally {
    db.close();
  }
}
