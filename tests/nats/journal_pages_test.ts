import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { NatsConnection } from "nats";
import type { NatsNodeParts } from "../../src/nats/mod.ts";
import { journalPageSchema } from "../../src/contract/node_schemas.ts";
import { newRecord, TempFolder } from "../journal/temp_folder.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { emptyJournal, newClient, newNode } from "./setup.ts";

const subject = "wattseal.berlin-01._node.journal.get";

/** A real journal whose records are not delivered. */
function quiet({ live }: TempFolder): NatsNodeParts["journal"] {
  return {
    ...emptyJournal,
    eachRecord: (filter, after) => live.eachRecord(filter, after),
    size: () => live.size(),
    undelivered: () => live.undelivered(),
  };
}

async function get(client: NatsConnection, request: object) {
  return journalPageSchema.parse((await client.request(subject, JSON.stringify(request))).json());
}

Deno.test("NatsNode lists its journal page by page, with the hash of the published text", async () => {
  await using server = await startNatsServer();
  using folder = new TempFolder();
  const ocmf = (n: number) => new TextEncoder().encode(`OCMF|{"PG":"T${n}","TT":"<=>tx-${n}"}|{"SD":"00"}`);
  for (let n = 1; n <= 7; n++) folder.journal.storeRecord({ ...newRecord(`tx-${n}`, ocmf(n)), readAtMs: n * 1000 });
  // The file of a damaged meter: its bytes are not UTF-8 and are published with replacement characters
  folder.journal.storeRecord({ ...newRecord("", Uint8Array.of(0xff)), transactionId: undefined, readAtMs: 8000 });
  folder.journal.markDelivered(1, 20_000);
  await using node = newNode({ address: server.address, journal: quiet(folder), identity: { instance: "one" } });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const first = await get(client, { limit: 3, instance: "one" });
  const seqs = ({ records }: typeof first) => records.map((record) => record.journal_seq);
  assert.deepEqual([seqs(first), first.next_after_seq], [[1, 2, 3], 3]);
  assert.deepEqual([first.instance, first.total, first.undelivered], ["one", 8, 7]);
  assert.deepEqual(first.meters, ["evse-1"]);
  const { records: [record] } = first;
  assert.deepEqual(
    [
      record?.meter,
      record?.meter_id,
      record?.transaction_id,
      record?.pagination,
      record?.read_at,
      record?.delivered_at,
    ],
    ["evse-1", "BY1.2025", "tx-1", "T1", "1970-01-01T00:00:01.000Z", "1970-01-01T00:00:20.000Z"],
  );
  assert.equal(record?.message_id, folder.journal.record(1)?.messageId);
  assert.equal(record?.ocmf_sha256, createHash("sha256").update(ocmf(1)).digest("hex"));
  assert.equal(record?.ocmf_bytes, ocmf(1).length);
  assert.deepEqual(seqs(await get(client, { limit: 3, after_seq: 3 })), [4, 5, 6]);
  const end = await get(client, { limit: 3, after_seq: 6 });
  assert.deepEqual([seqs(end), end.next_after_seq], [[7, 8], undefined]);
  assert.equal(end.records[1]?.ocmf_sha256, createHash("sha256").update("\ufffd").digest("hex"));
  assert.deepEqual(seqs(await get(client, { since: "1970-01-01T01:00:05+01:00" })), [5, 6, 7, 8]);
  const wrong = await client.request(subject, '{"limit":0,"since":"today"}');
  assert.match(wrong.json<{ error: string }>().error, /limit must be 1 or more; since must be a time/);
});

Deno.test("NatsNode limits a page of its journal to the size of a message", async () => {
  await using server = await startNatsServer({ config: "max_payload: 4096" });
  using folder = new TempFolder();
  for (let n = 1; n <= 30; n++) folder.journal.storeRecord(newRecord(`tx-${n}`));
  await using node = newNode({ address: server.address, journal: quiet(folder) });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const seen: number[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const page = await get(client, { after_seq: after });
    assert.ok(page.records.length < 15);
    seen.push(...page.records.map((record) => record.journal_seq));
    after = page.next_after_seq;
  }
  assert.deepEqual(seen, Array.from({ length: 30 }, (_, place) => place + 1));
});

Deno.test("NatsNode redelivers the records that a request selects, and refuses a request without a selection", async () => {
  await using server = await startNatsServer();
  const asked: unknown[] = [];
  const looks: (() => void)[] = [];
  const journal: NatsNodeParts["journal"] = {
    ...emptyJournal,
    redeliver: (selection) => Promise.resolve(asked.push(selection)),
    outbox: () => {
      for (const resolve of looks.splice(0)) resolve();
      return [];
    },
  };
  await using node = newNode({ address: server.address, journal, identity: { instance: "one" } });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const ask = async (body: object) =>
    (await client.request("wattseal.berlin-01._node.redeliver", JSON.stringify(body))).json<Record<string, unknown>>();
  const woken = new Promise<void>((resolve) => looks.push(resolve));
  assert.deepEqual(await ask({ message_ids: ["a", "b"] }), { status: "OK", instance: "one", records: 1 });
  await woken;
  await ask({ since: "2026-01-31T08:00:00Z", all: null });
  await ask({ all: true });
  assert.deepEqual(asked, [{ messageIds: ["a", "b"] }, { sinceMs: Date.UTC(2026, 0, 31, 8) }, { all: true }]);
  for (const body of [{}, { all: true, message_ids: ["a"] }, { message_ids: [] }, { all: false }]) {
    const { code, error } = await ask(body);
    assert.equal(code, "INVALID_REQUEST", `${JSON.stringify(body)}: ${error}`);
  }
  assert.equal(asked.length, 3);
});
