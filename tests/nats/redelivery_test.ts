import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { headers, type NatsConnection } from "nats";
import type { NatsNode } from "../../src/nats/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { Logged } from "./logged.ts";
import { newClient, newNode } from "./setup.ts";
import { TestJournal } from "./test_journal.ts";

const stream = "WATTSEAL_OCMF";

async function storedTransactions(client: NatsConnection): Promise<string[]> {
  const manager = await client.jetstreamManager();
  const { state } = await manager.streams.info(stream);
  const found: string[] = [];
  for (let seq = 1; seq <= state.last_seq; seq++) {
    found.push((await manager.streams.getMessage(stream, { seq })).json<{ transaction_id: string }>().transaction_id);
  }
  return found;
}

/** Stops the server, and starts it with an earlier copy of its store. */
class StoreCopy implements Disposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "wattseal-test-" });

  async take(server: NatsServer): Promise<void> {
    await server.stop();
    cpSync(join(server.storeDir, "jetstream"), join(this.#folder, "jetstream"), { recursive: true });
    await server.restart();
  }

  async restore(server: NatsServer): Promise<void> {
    await server.stop("SIGKILL");
    await server.wipeStore();
    cpSync(join(this.#folder, "jetstream"), join(server.storeDir, "jetstream"), { recursive: true });
    await server.restart();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

/** A journal whose records were delivered before the duplicate window of the stream. */
function deliveredLongAgo(): TestJournal {
  const journal = new TestJournal();
  journal.deliveredAtMs = Date.now() - 86_400_000;
  return journal;
}

async function deliverAll(server: NatsServer, journal: TestJournal): Promise<void> {
  await using node = newNode({ address: server.address, journal: journal.outbox });
  node.start();
  await node.connected;
  await journal.left(0);
}

Deno.test("NatsNode sends everything again to a stream that was lost while the node was not connected", async () => {
  await using server = await startNatsServer();
  using journal = deliveredLongAgo();
  for (const id of ["tx-1", "tx-2", "tx-3"]) journal.add(id);
  await deliverAll(server, journal);
  await server.stop("SIGKILL");
  await server.wipeStore();
  await server.restart();
  const log = new Logged();
  await using node = newNode({ address: server.address, journal: journal.outbox, log });
  node.start();
  await log.seen(/warn The stream of records has lost messages; delivered records are sent again .*"records":3/);
  await journal.left(0);
  await using client = await newClient(server.address);
  assert.deepEqual(await storedTransactions(client), ["tx-1", "tx-2", "tx-3"]);
  assert.equal(log.count(/lost messages/), 1);
});

Deno.test("NatsNode sends only the records that an older copy of the stream does not have", async () => {
  await using server = await startNatsServer();
  using copy = new StoreCopy();
  using journal = deliveredLongAgo();
  for (const id of ["tx-1", "tx-2"]) journal.add(id);
  await deliverAll(server, journal);
  await copy.take(server);
  for (const id of ["tx-3", "tx-4"]) journal.add(id);
  await deliverAll(server, journal);
  await copy.restore(server);
  const log = new Logged();
  await using node = newNode({ address: server.address, journal: journal.outbox, log });
  node.start();
  await log.seen(/warn The stream of records has lost messages.*"records":2/);
  await journal.left(0);
  await using client = await newClient(server.address);
  assert.deepEqual(await storedTransactions(client), ["tx-1", "tx-2", "tx-3", "tx-4"]);
});

/** A node that delivers tx-1; later nothing shows that the stream has lost its end. */
async function deliverBefore(
  test: (parts: {
    readonly client: NatsConnection;
    readonly journal: TestJournal;
    readonly node: NatsNode;
    readonly log: Logged;
    /** The server loses power and all records except tx-1. */
    forgetAllButFirst(): Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const config = `authorization { users = [
    { user: admin, password: p }
    { user: node, password: p, permissions: { publish: { deny: "$JS.API.STREAM.INFO.>" } } } ] }`;
  await using server = await startNatsServer({ config });
  const admin = { user: "admin", pass: "p" };
  await using creator = await newClient(server.address, admin);
  const subjects = ["wattseal.*.*.ocmf"];
  // The default window of the server is two minutes
  await (await creator.jetstreamManager()).streams.add({ name: stream, subjects });
  using copy = new StoreCopy();
  using journal = new TestJournal();
  const log = new Logged();
  const options = { user: "node", password: "p" };
  journal.add("tx-1");
  await using node = newNode({ address: server.address, journal: journal.outbox, log, options });
  node.start();
  await journal.left(0);
  await copy.take(server);
  await using client = await newClient(server.address, admin);
  await test({ client, journal, node, log, forgetAllButFirst: () => copy.restore(server) });
}

for (
  const [when, before] of [
    ["after the broker restarts without it", () => {}],
    ["even if its first acknowledgement was lost", async (client: NatsConnection, messageId: string) => {
      const first = headers();
      first.set("Nats-Msg-Id", messageId);
      const payload = JSON.stringify({ transaction_id: "tx-2" });
      await client.jetstream().publish("wattseal.berlin-01.evse-1.ocmf", payload, { headers: first });
    }],
  ] as const
) {
  Deno.test(`NatsNode sends a recently delivered record again ${when}`, async () => {
    await deliverBefore(async ({ client, journal, node, log, forgetAllButFirst }) => {
      await before(client, journal.add("tx-2"));
      node.wakeOutbox();
      await journal.left(0);
      const again = log.next(/warn The broker had lost acknowledged records; they are stored again .*"lost":1/);
      await forgetAllButFirst();
      await again;
      assert.deepEqual(await storedTransactions(client), ["tx-1", "tx-2"]);
    });
  });
}

Deno.test("NatsNode sends lost records again after their delivery could not be written to the journal", async () => {
  await deliverBefore(async ({ client, journal, node, log, forgetAllButFirst }) => {
    journal.failures = Infinity;
    journal.add("tx-2");
    node.wakeOutbox();
    await log.seen(/Cannot deliver records.*disk full/);
    await forgetAllButFirst();
    journal.failures = 0;
    await journal.left(0);
    assert.deepEqual(await storedTransactions(client), ["tx-1", "tx-2"]);
  });
});

Deno.test("NatsNode delivers the records that the journal marks for redelivery", async () => {
  await using server = await startNatsServer();
  using journal = deliveredLongAgo();
  const ids = [journal.add("tx-1"), journal.add("tx-2")];
  await using client = await newClient(server.address);
  await using node = newNode({ address: server.address, journal: journal.outbox });
  node.start();
  await journal.left(0);
  const published: string[] = [];
  client.subscribe("wattseal.*.*.ocmf", {
    callback: (_error, { headers }) => published.push(headers?.get("Nats-Msg-Id") ?? ""),
  });
  await client.flush();
  assert.equal(journal.real.redeliver({ messageIds: ids.slice(1) }), 1);
  node.wakeOutbox();
  await journal.left(0);
  await client.flush();
  assert.deepEqual(published, ids.slice(1));
  // Within its duplicate window the stream stores it once
  assert.deepEqual(await storedTransactions(client), ["tx-1", "tx-2"]);
});

Deno.test("NatsNode redelivers at most 200 records a second", async () => {
  await using server = await startNatsServer();
  using journal = deliveredLongAgo();
  for (const id of ["tx-1", "tx-2", "tx-3"]) journal.add(id);
  await using client = await newClient(server.address);
  const time = new FakeTime();
  await using node = newNode({ address: server.address, journal: journal.outbox, time });
  node.start();
  await journal.left(0);
  assert.equal(journal.real.redeliver({ all: true }), 3);
  node.wakeOutbox();
  for (const left of [2, 1, 0]) {
    await journal.left(left);
    for (let trip = 0; trip < 50; trip++) await client.flush();
    assert.equal(journal.real.undelivered(), left);
    await time.advance(5);
  }
});
