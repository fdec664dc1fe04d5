import assert from "node:assert/strict";
import { systemTime } from "../../src/base/time.ts";
import { FleetSource } from "../../src/fleet/mod.ts";
import { newClient } from "../nats/setup.ts";
import { startNatsServer } from "../support/nats_server.ts";

const subject = "wattseal.berlin.evse-1.status";
const at = "2026-01-31T08:00:00.000Z";

function status(state: string, model: string): string {
  return JSON.stringify({ state, model, transaction: { state: "idle" }, since: at, timestamp: at });
}

Deno.test("a retained state does not replace a live one of the same connection", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager();
  const subjects = ["wattseal.*.*.status", "wattseal.*.*.fault.*"];
  // It refuses the longer state below, so it has an old one, like the stream of a hub whose source is late
  await manager.streams.add({ name: "WATTSEAL_STATE", subjects, max_msg_size: 250 });
  await client.jetstream().publish(subject, status("offline", "em580"));
  const events = { update: () => {}, problem: (text: string) => assert.fail(text), connectionChanged: () => {} };
  const source = new FleetSource(client, { prefix: "wattseal" }, events, systemTime);
  const started = source.start();
  client.publish(subject, status("online", "em580".padEnd(250)));
  await started;
  assert.equal(source.fleet.meter("berlin", "evse-1")?.status?.state, "online");
});
