import assert from "node:assert/strict";
import fc from "fast-check";
import type { Reading } from "../../src/meter/mod.ts";
import { powermeter } from "../../src/contract/payloads.ts";
import { powermeterSchema } from "../../src/contract/meter_schemas.ts";
import { TransactionError } from "../../src/transaction/mod.ts";
import { type Property, property, propertyIn } from "../fuzz/property.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { FakeServedMeter, reading } from "./fakes.ts";
import { newClient, newNode } from "./setup.ts";

/** The endpoints of a meter, which must accept any content. */
export const suffixes = [
  "reading.get",
  "public_key.get",
  "status.get",
  "transaction.start",
  "transaction.stop",
  "transaction.status",
] as const;

const nested = fc.nat(5_000).map((depth) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);
const content = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }),
  fc.json().map((text) => new TextEncoder().encode(text)),
  nested.map((text) => new TextEncoder().encode(text)),
  fc.constant(new TextEncoder().encode('{"__proto__":{"polluted":1},"transaction_id":{"toString":1}}')),
);

const optional = [
  "phaseSequenceError",
  "energyImportWh",
  "energyExportWh",
  "temperatureC",
  "signedValue",
  "powerW",
  "voltageV",
  "reactivePowerVar",
  "currentA",
  "frequencyHz",
] as const satisfies (keyof Reading)[];

/** Properties of every request and every payload. */
export const natsProperties: readonly Property[] = [
  propertyIn(
    {
      name: "nats-requests",
      title: "NatsNode answers requests with any content with a JSON object and continues",
      runs: 300,
    },
    [fc.constantFrom(...suffixes), content],
    async (check) => {
      await using server = await startNatsServer();
      const served = new FakeServedMeter("evse-1");
      served.transactions.start = () => Promise.reject(new TransactionError("INVALID_REQUEST", "no"));
      await using node = newNode({ address: server.address, meters: [served] });
      node.start();
      await node.connected;
      await using client = await newClient(server.address);
      return await check(async (suffix, data) => {
        const answer = await client.request(`wattseal.berlin-01.evse-1.${suffix}`, data);
        const payload: unknown = answer.json();
        assert.ok(typeof payload === "object" && payload !== null && !Array.isArray(payload));
        assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
      });
    },
  ),
  property(
    { name: "nats-powermeter", title: "powermeter of any subset of values fits its schema", runs: 100 },
    [fc.subarray([...optional])],
    (missing) => {
      const { meterId, takenAtMs } = reading;
      const some: Partial<Reading> = { ...reading };
      for (const name of missing) delete some[name];
      const payload = powermeter({ ...some, meterId, takenAtMs }, { publicKey: "04AB" });
      assert.deepEqual(powermeterSchema.parse(payload), payload);
      assert.equal("temperatures" in payload, !missing.includes("temperatureC"));
    },
  ),
];
