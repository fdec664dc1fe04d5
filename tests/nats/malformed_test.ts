import assert from "node:assert/strict";
import { testProperties } from "../fuzz/test_properties.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { FakeServedMeter } from "./fakes.ts";
import { newClient, newNode } from "./setup.ts";
import { natsProperties, suffixes } from "./properties.ts";

Deno.test("NatsNode answers malformed transaction requests with INVALID_REQUEST", async () => {
  await using server = await startNatsServer();
  const served = new FakeServedMeter("evse-1");
  await using node = newNode({ address: server.address, meters: [served] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const bodies: (string | Uint8Array)[] = [
    "nonsense",
    "{",
    "[]",
    '"text"',
    "null",
    "17",
    new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
    '{"a":"\\ud800"',
    "[".repeat(60_000),
    JSON.stringify({ transaction_id: "x".repeat(70_000) }),
  ];
  for (const suffix of suffixes.filter((name) => name.startsWith("transaction"))) {
    for (const body of bodies) {
      const answer = await client.request(`wattseal.berlin-01.evse-1.${suffix}`, body);
      const { status, code, error } = answer.json<Record<string, unknown>>();
      assert.deepEqual([status, code, typeof error], ["UNEXPECTED_ERROR", "INVALID_REQUEST", "string"]);
      assert.equal(answer.headers?.get("Nats-Service-Error-Code"), "400");
    }
  }
  assert.deepEqual(served.requests, []);
});

testProperties(natsProperties);
