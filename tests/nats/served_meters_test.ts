import assert from "node:assert/strict";
import type { NatsConnection } from "nats";
import { type NodeStatusPayload, nodeStatusSchema } from "../../src/contract/mod.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { FakeServedMeter } from "./fakes.ts";
import { newClient, newNode } from "./setup.ts";

const site = "wattseal.berlin-01";

function meterIn(state: FakeServedMeter["meter"]["state"], name: string): FakeServedMeter {
  const served = new FakeServedMeter(name);
  served.meter.state = state;
  return served;
}

/** The state that the process reports on request; undefined: there is no answer. */
async function state(client: NatsConnection, meter: string): Promise<string | undefined> {
  try {
    const answer = await client.request(`${site}.${meter}.status.get`);
    return answer.json<{ state?: string; code?: string }>().state;
  } catch (error) {
    assert.equal(Object(error)["code"], "503");
    return undefined;
  }
}

/** Resolves when a request for the status of a meter has this result. */
async function until(client: NatsConnection, meter: string, wanted: string | undefined): Promise<void> {
  while (await state(client, meter) !== wanted);
}

async function lastStatus(client: NatsConnection): Promise<NodeStatusPayload> {
  const manager = await client.jetstreamManager();
  const { data } = await manager.streams.getMessage("WATTSEAL_STATE", { last_by_subj: `${site}._node.status` });
  return nodeStatusSchema.parse(JSON.parse(new TextDecoder().decode(data)));
}

async function listedMeters(client: NatsConnection): Promise<string[]> {
  const [info] = await Array.fromAsync(await client.services.client().info("wattseal"));
  const names = info?.endpoints.map(({ metadata }) => metadata?.["meter"] ?? "") ?? [];
  return [...new Set(names)].sort();
}

Deno.test("NatsNode serves a meter that is added, and no longer one that is withdrawn, without a gap for the others", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await using node = newNode({ address: server.address, meters: [new FakeServedMeter("evse-1")] });
  node.start();
  await node.connected;
  let [asked, isOver] = [0, false];
  const others = (async () => {
    while (!isOver) {
      assert.equal(await state(client, "evse-1"), "online");
      asked++;
    }
  })();

  node.serve(meterIn("connecting", "evse-2"));
  await until(client, "evse-2", "connecting");
  assert.deepEqual(Object.keys((await lastStatus(client)).meters), ["evse-1", "evse-2"]);
  assert.deepEqual(await listedMeters(client), ["_node", "evse-1", "evse-2"]);

  node.serve(meterIn("online", "evse-2"));
  assert.equal(await state(client, "evse-2"), "online");

  await node.withdraw("evse-2", { forget: false });
  assert.equal(await state(client, "evse-2"), undefined);
  assert.deepEqual(Object.keys((await lastStatus(client)).meters), ["evse-1"]);
  assert.deepEqual(await listedMeters(client), ["_node", "evse-1"]);
  isOver = true;
  await others;
  const [stats] = await Array.fromAsync(await client.services.client().stats("wattseal"));
  const counted = stats?.endpoints?.find(({ name, subject }) =>
    name === "status_get" && subject === `${site}.evse-1.status.get`
  );
  assert.equal(counted?.num_requests, asked, "requests are counted over the changes");
});

Deno.test("NatsNode answers the requests to a withdrawn meter that have begun", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const served = new FakeServedMeter("evse-2");
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  served.transactions.stop = async () => {
    begun.resolve();
    await ended.promise;
    return { status: "OK" };
  };
  await using node = newNode({ address: server.address, meters: [new FakeServedMeter("evse-1"), served] });
  node.start();
  await node.connected;
  const stop = client.request(`${site}.evse-2.transaction.stop`, '{"transaction_id":"tx-1"}');
  await begun.promise;
  let isWithdrawn = false;
  const withdrawn = node.withdraw("evse-2", { forget: false }).then(() => isWithdrawn = true);
  await until(client, "evse-2", undefined);
  assert.equal(isWithdrawn, false);
  ended.resolve();
  assert.deepEqual((await stop).json(), { status: "OK" });
  await withdrawn;
});

Deno.test("NatsNode adds and withdraws meters while NATS is away", async () => {
  await using server = await startNatsServer();
  await using node = newNode({
    address: server.address,
    meters: [new FakeServedMeter("evse-1"), new FakeServedMeter("evse-2")],
  });
  node.start();
  await node.connected;
  await server.stop();
  node.serve(meterIn("connecting", "evse-3"));
  await node.withdraw("evse-2", { forget: false });
  await server.restart();
  await using client = await newClient(server.address);
  await until(client, "evse-3", "connecting");
  await until(client, "evse-2", undefined);
  await until(client, "evse-1", "online");
});
