import assert from "node:assert/strict";
import { nanos } from "nats";
import type { NatsServer } from "../support/nats_server.ts";
import { startLeafFleet } from "../fleet/leaf_fleet.ts";
import { newClient, newNode } from "./setup.ts";
import { TestJournal } from "./test_journal.ts";

/** Resolves with the transactions in the stream of a hub when it has `count` of them. */
async function arrived(hub: NatsServer, count: number): Promise<string[]> {
  await using client = await newClient(hub.address);
  const consumer = await client.jetstream().consumers.get("HUB");
  const messages = await consumer.consume();
  const found: string[] = [];
  for await (const message of messages) {
    found.push(message.json<{ transaction_id: string }>().transaction_id);
    if (found.length === count) break;
  }
  await messages.close();
  return found;
}

Deno.test("records of an edge that lost its store while it was disconnected reach the hub, each once and in order", async () => {
  await using fleet = await startLeafFleet();
  const { server: edge } = await fleet.edge("berlin-01");
  using journal = new TestJournal();
  await using node = newNode({ address: edge.address, journal: journal.outbox });
  node.start();
  await node.connected;
  await fleet.manager.streams.add({
    name: "HUB",
    duplicate_window: nanos(100),
    sources: [{ name: "WATTSEAL_OCMF", domain: "berlin-01" }],
  });
  const deliver = async (...ids: string[]) => {
    for (const id of ids) journal.add(id);
    node.wakeOutbox();
    await journal.left(0);
  };
  await deliver("tx-1", "tx-2", "tx-3");
  await arrived(fleet.hub, 3);
  await fleet.hub.stop();
  await deliver("tx-4", "tx-5");
  await edge.stop("SIGKILL");
  await edge.wipeStore();
  await edge.restart();
  // After the two records in the recreated stream
  await deliver("tx-6");
  await fleet.hub.restart();
  const found = await arrived(fleet.hub, 6);
  assert.deepEqual(found, ["tx-1", "tx-2", "tx-3", "tx-4", "tx-5", "tx-6"]);
});
