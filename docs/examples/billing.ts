// Stores each record of a fleet once in a SQLite file, for billing. For Deno 2.9.
//
//   NATS_URL=hub-1:4222,hub-2:4222 NATS_USER=billing NATS_PASSWORD=... \
//     deno run --allow-net --allow-env --allow-read --allow-write billing.ts billing.db
//
// With NATS_CREDS=billing.creds it uses a credentials file instead of user and password. NATS_INBOX is the prefix of
// the subjects for answers that the user has in its permissions (_INBOX_billing). SIGTERM and SIGINT end it. Two views
// of the file are for billing: `billable`, and `for_review`, which a person has to check. See README.md.
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { type OcmfResult, UnusableRecordError, WattsealClient } from "@wattseal/wattseal/client";
import { connect, credsAuthenticator } from "nats";

/** Why a person must check a record before it is billed. Empty: it can be billed. */
function reviewReasons({ verification, session }: Partial<OcmfResult>): string[] {
  const { signature, session: verdict, key, problems = [] } = verification ?? {};
  return [
    ...(signature === "valid" ? [] : [`signature: ${signature}`]),
    ...(verdict === "ok" ? [] : [`session: ${verdict}`]),
    ...(key === "changed" ? ["key: changed"] : []),
    // A session can be `ok` and still have findings: an unsynchronised clock, a power loss, a gap in the pagination
    ...[problems].flat(),
    ...(textOf(session?.energy_Wh) === null ? ["the record has no energy to bill"] : []),
  ];
}

/** A column of text. Another program may have sent anything: it must not stop the records of the nodes. */
function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

const sink = new DatabaseSync(process.argv[2] ?? "billing.db");
// A commit is on the disk when it returns: only then may the stream forget about the record
sink.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000;
  CREATE TABLE IF NOT EXISTS record (
    id TEXT PRIMARY KEY,  -- Nats-Msg-Id: a record that comes again has the same one
    site TEXT, meter TEXT, transaction_id TEXT, begin_at TEXT, end_at TEXT,
    energy_wh TEXT,       -- decimal digits; a floating-point column would change them
    signature TEXT, session TEXT, key TEXT,
    review TEXT,          -- NULL: it can be billed
    public_key TEXT,
    raw BLOB NOT NULL     -- the signed OCMF text: the evidence
  );
  CREATE VIEW IF NOT EXISTS billable AS SELECT * FROM record WHERE review IS NULL;
  CREATE VIEW IF NOT EXISTS for_review AS SELECT * FROM record WHERE review IS NOT NULL;`);
// Without a transaction of its own, each statement commits
const insert = sink.prepare("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");

function store(id: string, result: Partial<OcmfResult>): void {
  const { site, meter, transaction_id, session, verification, public_key, ocmf = "" } = result;
  const { begin_at, end_at, energy_Wh } = session ?? {};
  const verdicts = [verification?.signature, verification?.session, verification?.key];
  const columns = [site, meter, transaction_id, begin_at, end_at, energy_Wh, ...verdicts].map(textOf);
  const review = reviewReasons(result).join("; ") || null;
  insert.run(id, ...columns, review, textOf(public_key), new TextEncoder().encode(ocmf));
}

/** A message that no node has sent has no id: the hash of its bytes is the key. */
async function storeUnusable({ message, data }: UnusableRecordError): Promise<void> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(data))).toHex();
  insert.run(`sha256:${hash}`, ...new Array<null>(9).fill(null), message, null, data);
}

const { NATS_URL = "127.0.0.1:4222", NATS_USER, NATS_PASSWORD, NATS_CREDS, NATS_INBOX = "_INBOX_billing" } =
  process.env;
const connection = await connect({
  servers: NATS_URL.split(","),
  ...(NATS_USER !== undefined && { user: NATS_USER, pass: NATS_PASSWORD ?? "" }),
  ...(NATS_CREDS !== undefined && { authenticator: credsAuthenticator(await Deno.readFile(NATS_CREDS)) }),
  inboxPrefix: NATS_INBOX,
  maxReconnectAttempts: -1,
});
const ended = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => ended.abort());
const client = new WattsealClient(connection);
while (!ended.signal.aborted) {
  try {
    for await (const record of client.records({ signal: ended.signal })) {
      // In this order: after a crash in between, the record comes again, and its id is already in the table
      store(record.id, record.result);
      await record.acknowledge();
    }
  } catch (error) {
    // Everything else ends the process with an error; its supervisor starts it again
    if (!(error instanceof UnusableRecordError)) throw error;
    await storeUnusable(error);
    await error.acknowledge();
  }
}
await connection.close();
