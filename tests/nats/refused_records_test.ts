import assert from "node:assert/strict";
import { DiscardPolicy, type NatsConnection, type StreamConfig } from "nats";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { FakeServedMeter } from "./fakes.ts";
import { Logged } from "./logged.ts";
import { FakeHealth, newClient, newNode } from "./setup.ts";
import { TestJournal } from "./test_journal.ts";

const stream = "WATTSEAL_OCMF";
const meters = ["evse-1", "evse-2"].map((name) => new FakeServedMeter(name));

async function addStream(client: NatsConnection, config: Partial<StreamConfig>): Promise<void> {
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: stream, subjects: ["wattseal.*.*.ocmf"], ...config });
}

async function storedIds(client: NatsConnection): Promise<string[]> {
  const manager = await client.jetstreamManager();
  const { state } = await manager.streams.info(stream);
  const ids: string[] = [];
  for (let seq = 1; seq <= state.last_seq; seq++) {
    ids.push((await manager.streams.getMessage(stream, { seq })).header.get("Nats-Msg-Id"));
  }
  return ids;
}

function startNode(server: NatsServer, journal: TestJournal, parts: { user?: string } = {}) {
  const [health, log] = [new FakeHealth(), new Logged()];
  const options = parts.user === undefined ? {} : { user: parts.user, password: "p" };
  const node = newNode({ address: server.address, journal: journal.outbox, meters, health, log, options });
  node.start();
  return { node, health, log };
}

Deno.test("a record that is too long for its stream does not delay others, and is delivered when it fits", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await addStream(client, { max_msg_size: 3_000 });
  using journal = new TestJournal();
  const long = journal.add("too-long", { padding: "x".repeat(4_000) });
  const others = [journal.add("tx-2"), journal.add("tx-3", { meter: "evse-2" })];
  const { node, health, log } = startNode(server, journal);
  await using _ = node;
  await journal.left(1);
  assert.deepEqual(await storedIds(client), others);
  assert.match(health.message("RecordRefused") ?? "", /record 1 of evse-1 \(transaction too-long\): .*max_msg_size/);
  const manager = await client.jetstreamManager();
  await manager.streams.update(stream, { max_msg_size: -1 });
  const back = log.next(/Connected to NATS again/);
  await server.restart();
  await back;
  await journal.left(0);
  assert.deepEqual(await storedIds(client), [...others, long]);
  assert.equal(health.message("RecordRefused"), undefined);
});

Deno.test("a subject that is not permitted delays only the records of its meter", async () => {
  const config = `authorization { users = [
    { user: admin, password: p }
    { user: node, password: p, permissions: { publish: { deny: "wattseal.berlin-01.evse-1.ocmf" } } } ] }`;
  await using server = await startNatsServer({ config });
  using journal = new TestJournal();
  journal.add("tx-1");
  journal.add("tx-2");
  journal.add("tx-3", { meter: "evse-2" });
  journal.add("tx-4", { meter: "evse-2" });
  const { node, health, log } = startNode(server, journal, { user: "node" });
  await using _ = node;
  await journal.left(2);
  assert.deepEqual(journal.real.outbox(9).map(({ transactionId }) => transactionId), ["tx-1", "tx-2"]);
  assert.match(
    health.message("RecordRefused") ?? "",
    /record 1 of evse-1 .*: The server does not permit this user to publish to wattseal\.berlin-01\.evse-1\.ocmf\. Correct/,
  );
  assert.doesNotMatch(health.message("RecordRefused") ?? "", /record 2/);
  assert.equal(log.count(/warn A record was refused/), 1);
});

Deno.test("several meters without a stream do not delay other meters", async () => {
  const api = (...names: string[]) => names.map((name) => `"$JS.API.STREAM.${name}"`).join();
  const config = `authorization { users = [
    { user: admin, password: p }
    { user: node, password: p, permissions: { publish: { deny: [${api("INFO.>", "NAMES", "CREATE.>")}] } } } ] }`;
  await using server = await startNatsServer({ config });
  await using client = await newClient(server.address, { user: "admin", pass: "p" });
  await addStream(client, { subjects: ["wattseal.berlin-01.evse-2.ocmf"] });
  using journal = new TestJournal();
  for (const meter of ["new-1", "new-2", "new-3", "new-4"]) journal.add(`tx-${meter}`, { meter });
  const taken = journal.add("tx-5", { meter: "evse-2" });
  await using _ = startNode(server, journal, { user: "node" }).node;
  await journal.left(4);
  assert.deepEqual(await storedIds(client), [taken]);
});

Deno.test("a stream with the subjects of single meters stores their records, and records of other meters wait", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const subject = (meter: string) => `wattseal.berlin-01.${meter}.ocmf`;
  await addStream(client, { name: "BILLING", subjects: [subject("evse-2")] });
  using journal = new TestJournal();
  journal.add("tx-1");
  journal.add("tx-2", { meter: "evse-2" });
  const { node, health } = startNode(server, journal);
  await using _ = node;
  await journal.left(1);
  assert.equal(journal.real.record(2)?.deliveredAtMs !== undefined, true);
  const unsafe = health.message("StreamUnsafe") ?? "";
  assert.match(
    unsafe,
    /^Stream BILLING does not have the subject wattseal\.berlin-01\.evse-1\.ocmf: run nats stream edit/,
  );
  const manager = await client.jetstreamManager();
  await manager.streams.update("BILLING", { subjects: [subject("evse-1"), subject("evse-2")] });
  node.wakeOutbox();
  await journal.left(0);
});

Deno.test("an answer of another program on the subject of records is not an acknowledgement", async () => {
  await using server = await startNatsServer({ jetstream: false });
  await using client = await newClient(server.address);
  client.subscribe("wattseal.*.*.ocmf", { callback: (_error, message) => message.respond('{"stream":"X","seq":1}') });
  await client.flush();
  using journal = new TestJournal();
  journal.add("tx-1");
  const { node, health, log } = startNode(server, journal);
  await using _ = node;
  await log.seen(/warn A record was refused .*stream WATTSEAL_OCMF must acknowledge the message, but stream X/);
  assert.equal(journal.real.undelivered(), 1);
  assert.match(health.message("RecordRefused") ?? "", /record 1 of evse-1/);
});

Deno.test("a stream without room raises JetStreamFull at once, until it stores a record", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await addStream(client, { max_msgs: 1, discard: DiscardPolicy.New });
  using journal = new TestJournal();
  const ids = [journal.add("tx-1"), journal.add("tx-2"), journal.add("tx-3", { meter: "evse-2" })];
  const { node, health, log } = startNode(server, journal);
  await using _ = node;
  await log.seen(/warn Cannot deliver records; they stay in the journal; retrying .*maximum messages exceeded/);
  assert.match(health.message("JetStreamFull") ?? "", /no room for records: maximum messages exceeded.*max_msgs/);
  assert.equal(health.message("RecordRefused"), undefined);
  await (await client.jetstreamManager()).streams.update(stream, { max_msgs: -1 });
  await journal.left(0);
  assert.deepEqual((await storedIds(client)).sort(), ids.sort());
  assert.equal(health.message("JetStreamFull"), undefined);
});

Deno.test("a record whose acknowledgement does not arrive is read from its stream, and stored once", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  // A window so short that a second attempt would be stored again
  await addStream(client, { no_ack: true, duplicate_window: 1_000_000_000 });
  using journal = new TestJournal();
  const id = journal.add("tx-1");
  const { node } = startNode(server, journal);
  await using _ = node;
  await journal.left(0);
  assert.deepEqual(await storedIds(client), [id]);
});
