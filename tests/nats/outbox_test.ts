import assert from "node:assert/strict";
import type { NatsConnection } from "nats";
import { startNatsServer } from "../support/nats_server.ts";
import { freeAddress } from "../support/own_address.ts";
import { FakeServedMeter } from "./fakes.ts";
import { Logged } from "./logged.ts";
import { newClient, newNode } from "./setup.ts";
import { TestJournal } from "./test_journal.ts";

const subject = "wattseal.berlin-01.evse-1.ocmf";

interface Stored {
  readonly messageId: string;
  readonly payload: Record<string, unknown>;
}

async function stored(client: NatsConnection): Promise<Stored[]> {
  const manager = await client.jetstreamManager();
  const { state } = await manager.streams.info("WATTSEAL_OCMF");
  const all: Stored[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await manager.streams.getMessage("WATTSEAL_OCMF", { seq });
    assert.equal(message.subject, subject);
    all.push({ messageId: message.header.get("Nats-Msg-Id"), payload: message.json() });
  }
  return all;
}

Deno.test("NatsNode delivers the outbox in order and marks acknowledged records", async () => {
  await using server = await startNatsServer();
  using journal = new TestJournal();
  const ids = [journal.add("tx-1"), journal.add("tx-2")];
  await using node = newNode({ address: server.address, journal: journal.outbox });
  node.start();
  await node.connected;
  await journal.left(0);
  ids.push(journal.add("tx-3"));
  node.wakeOutbox();
  await journal.left(0);
  await using client = await newClient(server.address);
  const got = await stored(client);
  assert.deepEqual(got.map(({ messageId }) => messageId), ids);
  assert.deepEqual(got.map(({ payload }) => payload["transaction_id"]), ["tx-1", "tx-2", "tx-3"]);
  const { read_at, reason, verification, ocmf } = got[0]?.payload ?? {};
  assert.deepEqual(
    got.map(({ payload: { site, meter, journal_seq: seq } }) => [site, meter, seq]),
    [1, 2, 3].map((seq) => ["berlin-01", "evse-1", seq]),
  );
  assert.deepEqual([read_at, reason], ["2026-01-31T08:00:00.250Z", "stopped"]);
  assert.deepEqual(verification, { signature: "invalid", session: "ok", key: "first_seen", problems: [] });
  assert.equal(ocmf, 'OCMF|{"PG":"T1","TT":"<=>tx-1"}|{"SD":"00"}');
});

Deno.test("NatsNode delivers waiting records when the server starts late", async () => {
  using journal = new TestJournal();
  journal.add("tx-1");
  const address = freeAddress();
  const log = new Logged();
  await using node = newNode({ address, journal: journal.outbox, log });
  node.start();
  await log.seen(/warn Cannot connect to NATS/);
  assert.equal(journal.real.undelivered(), 1);
  await using server = await startNatsServer({ address });
  await node.connected;
  await journal.left(0);
  await using client = await newClient(server.address);
  assert.equal((await stored(client)).length, 1);
});

Deno.test("NatsNode delivers a record again with the same message id, and JetStream stores it once", async () => {
  await using server = await startNatsServer();
  using journal = new TestJournal();
  journal.add("tx-1");
  journal.failures = Infinity;
  await using client = await newClient(server.address);
  const published: string[] = [];
  client.subscribe(subject, { callback: (_error, { headers }) => published.push(headers?.get("Nats-Msg-Id") ?? "") });
  await client.flush();
  {
    const log = new Logged();
    await using node = newNode({ address: server.address, journal: journal.outbox, log });
    node.start();
    await node.connected;
    await log.seen(/warn Cannot deliver records.*disk full/);
  }
  assert.equal(journal.real.undelivered(), 1);
  // The process ends here and starts again
  journal.failures = 0;
  await using node = newNode({ address: server.address, journal: journal.outbox });
  node.start();
  await journal.left(0);
  await client.flush();
  assert.equal(published.length, 2);
  assert.equal(published[0], published[1]);
  assert.equal((await stored(client)).length, 1);
});

Deno.test("NatsNode delivers after a restart of the server and after its stream was purged", async () => {
  await using server = await startNatsServer();
  using journal = new TestJournal();
  journal.add("tx-1");
  const log = new Logged();
  await using node = newNode({ address: server.address, journal: journal.outbox, log });
  node.start();
  await journal.left(0);
  const away = log.next(/The NATS connection is lost/);
  await server.stop("SIGKILL");
  await away;
  journal.add("tx-2");
  node.wakeOutbox();
  await server.wipeStore();
  await server.restart();
  await journal.left(0);
  await using client = await newClient(server.address);
  assert.deepEqual((await stored(client)).map(({ payload }) => payload["transaction_id"]), ["tx-1", "tx-2"]);
});

Deno.test("NatsNode creates the deleted stream of records again, and delivers", async () => {
  await using server = await startNatsServer();
  using journal = new TestJournal();
  await using node = newNode({ address: server.address, journal: journal.outbox });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  await (await client.jetstreamManager()).streams.delete("WATTSEAL_OCMF");
  journal.add("tx-1");
  node.wakeOutbox();
  await journal.left(0);
  assert.equal((await stored(client)).length, 1);
});

Deno.test("NatsNode keeps a record that is too long for a message in the journal, and delivers the others", async () => {
  await using server = await startNatsServer({ config: "max_payload: 16384" });
  using journal = new TestJournal();
  journal.add("too-long", { padding: "x".repeat(20_000) });
  journal.add("tx-2");
  const log = new Logged();
  await using node = newNode({ address: server.address, journal: journal.outbox, log });
  node.start();
  await node.connected;
  await journal.left(1);
  assert.equal(log.count(/error A record cannot be published.*too-long/), 1);
  assert.deepEqual(journal.real.outbox(9).map(({ transactionId }) => transactionId), ["too-long"]);
});

Deno.test("NatsNode accepts only acknowledgements of its own JetStream domain", async () => {
  const folder = await Deno.makeTempDir();
  const config = `jetstream { store_dir: ${JSON.stringify(folder)}, domain: "edge-1" }`;
  await using edge = await startNatsServer({ jetstream: false, config });
  using journal = new TestJournal();
  journal.add("tx-1");
  await using client = await newClient(edge.address);
  await (await client.jetstreamManager()).streams.add({ name: "HUB", subjects: ["wattseal.*.*.ocmf"] });
  {
    const log = new Logged();
    await using other = newNode({
      address: edge.address,
      journal: journal.outbox,
      log,
      options: { jetstreamDomain: "edge-2" },
    });
    other.start();
    await other.connected;
    await log.seen(
      /warn A record was refused .*WATTSEAL_OCMF of domain edge-2 must acknowledge the message, but stream HUB/,
    );
  }
  assert.equal(journal.real.undelivered(), 1);
  await using node = newNode({
    address: edge.address,
    journal: journal.outbox,
    options: { jetstreamDomain: "edge-1" },
  });
  node.start();
  await journal.left(0);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("NatsNode.close delivers pending records, and ends soon if NATS is not reachable", async () => {
  await using server = await startNatsServer();
  using journal = new TestJournal();
  const node = newNode({ address: server.address, journal: journal.outbox, meters: [new FakeServedMeter("evse-1")] });
  node.start();
  await node.connected;
  journal.add("tx-1");
  await node.close();
  assert.equal(journal.real.undelivered(), 0);
  const other = newNode({ address: server.address, journal: journal.outbox });
  other.start();
  await other.connected;
  await server.stop();
  journal.add("tx-2");
  const startedMs = performance.now();
  await other.close();
  // It stops after 5 s; a busy machine needs longer
  assert.ok(performance.now() - startedMs < 30_000);
  assert.equal(journal.real.undelivered(), 1);
});
