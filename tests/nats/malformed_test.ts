import assert from "node:assert/strict";
import fc from "fast-check";
import { startNatsServer } from "../support/nats_server.ts";
import { FakePost } from "./fakes.ts";
import { newClient, newNode } from "./setup.ts";
import { TransactionError } from "../../src/transaction/mod.ts";

const suffixes = [
  "reading.get",
  "public_key.get",
  "status.get",
  "transaction.start",
  "transaction.stop",
  "transaction.status",
];

Deno.test("NatsNode answers malformed transaction requests with INVALID_REQUEST", async () => {
  await using server = await startNatsServer();
  const post = new FakePost("evse-1");
  await using node = newNode({ address: server.address, meters: [post] });
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
      const answer = await client.request(`wattseal.berlin-01.evse-1.${suffix}`, body, { timeout: 5_000 });
      const { status, code, error } = answer.json<Record<string, unknown>>();
      assert.deepEqual([status, code, typeof error], ["UNEXPECTED_ERROR", "INVALID_REQUEST", "string"]);
      assert.equal(answer.headers?.get("Nats-Service-Error-Code"), "400");
    }
  }
  assert.deepEqual(post.requests, []);
});

Deno.test("NatsNode answers requests of any content with a JSON object and goes on", async () => {
  await using server = await startNatsServer();
  const post = new FakePost("evse-1");
  post.transactions.start = () => Promise.reject(new TransactionError("INVALID_REQUEST", "no"));
  await using node = newNode({ address: server.address, meters: [post] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const nested = fc.nat(5_000).map((depth) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    fc.json().map((text) => new TextEncoder().encode(text)),
    nested.map((text) => new TextEncoder().encode(text)),
    fc.constant(new TextEncoder().encode('{"__proto__":{"polluted":1},"transaction_id":{"toString":1}}')),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...suffixes), content, async (suffix, data) => {
      const answer = await client.request(`wattseal.berlin-01.evse-1.${suffix}`, data, { timeout: 5_000 });
      const payload: unknown = answer.json();
      assert.ok(typeof payload === "object" && payload !== null && !Array.isArray(payload));
    }),
    { numRuns: 300 },
  );
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
});
