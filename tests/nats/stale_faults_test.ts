import assert from "node:assert/strict";
import { neededRights } from "../../src/nats/needed_rights.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { deviceFault } from "./fakes.ts";
import { newClient, newNode, type NodeSetup } from "./setup.ts";

async function leaveFault(setup: NodeSetup): Promise<void> {
  await using node = newNode(setup);
  node.start();
  await node.connected;
  node.publishFault("evse-1", deviceFault);
}

Deno.test("NatsNode clears faults of an earlier run without the permission to read other sites", async () => {
  const rights = neededRights("node", { prefix: "wattseal", site: "berlin-01", inboxPrefix: "_INBOX" });
  await using server = await startGuardedServer({ site: rights });
  await leaveFault({ address: server.address, options: { user: admin.user, password: admin.pass } });
  await using client = await newClient(server.address, admin);
  const faults = client.subscribe("wattseal.berlin-01.evse-1.fault.*", { max: 1 });
  await client.flush();
  await using node = newNode({ address: server.address, options: { user: "site", password: "p" } });
  node.start();
  for await (const message of faults) assert.equal(message.json<{ active: boolean }>().active, false);
});

Deno.test("NatsNode clears faults of an earlier run on a stream without direct get", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  await manager.streams.add({ name: "WATTSEAL_STATE", subjects: ["wattseal.*.*.fault.*"], allow_direct: false });
  await leaveFault({ address: server.address });
  const faults = client.subscribe("wattseal.berlin-01.evse-1.fault.*", { max: 1 });
  await client.flush();
  await using node = newNode({ address: server.address });
  node.start();
  for await (const message of faults) assert.equal(message.json<{ active: boolean }>().active, false);
});
