import assert from "node:assert/strict";
import { faultPayload, powermeter, publicKeyPayload, statusPayload } from "../../src/contract/payloads.ts";
import { nodeFaultKinds } from "../../src/health/mod.ts";
import { faultKinds } from "../../src/meter/mod.ts";
import { faultSchema } from "../../src/contract/meter_schemas.ts";
import { atMs, em340, em580, reading } from "../nats/fakes.ts";

Deno.test("powermeter has the names, nesting and exact decimals of the public payload", () => {
  assert.deepEqual(powermeter(reading, { publicKey: "04AB" }), {
    timestamp: "2026-01-31T08:00:00.250Z",
    meter_id: "BY1234567.2024",
    phase_seq_error: false,
    energy_Wh_import: { total: 12345678901 },
    energy_Wh_export: { total: 0 },
    power_W: { total: 6900.3, L1: 2300.1, L2: 2300.1, L3: 2300.1 },
    voltage_V: { L1: 230.1, L2: 229.9, L3: 230 },
    VAR: { total: -30.3, L1: -10.1, L2: -10.1, L3: -10.1 },
    current_A: { L1: 10.001, L2: -10.002, L3: 0 },
    frequency_Hz: { L1: 50 },
    temperatures: [{ temperature: 23.5, location: "Body", identification: "Powermeter" }],
    signed_meter_value: {
      signed_meter_data: `{"signedData":"${"00".repeat(122)}","signature":"${"11".repeat(64)}"}`,
      signing_method: "ECDSA-brainpoolP256r1-SHA256",
      encoding_method: "plain",
      public_key: "04AB",
      timestamp: "2026-01-31T08:00:00.255Z",
    },
  });
});

Deno.test("powermeter omits missing values", () => {
  const { meterId, takenAtMs } = reading;
  assert.deepEqual(Object.keys(powermeter({ meterId, takenAtMs }, { publicKey: undefined })), [
    "timestamp",
    "meter_id",
  ]);
  const bare = powermeter({ meterId, takenAtMs, powerW: { L1: 1 }, voltageV: { L2: 230.1 } }, { publicKey: undefined });
  assert.deepEqual([bare.power_W, bare.voltage_V], [{ L1: 1 }, { L2: 230.1 }]);
});

Deno.test("publicKeyPayload returns the point or the DER structure, and nothing without a key", () => {
  assert.deepEqual(publicKeyPayload(em580, "binary", atMs), {
    meter_id: "BY1234567.2024",
    public_key: "04" + "AB".repeat(64),
    public_key_format: "binary",
    signing_method: "ECDSA-brainpoolP256r1-SHA256",
    timestamp: "2026-01-31T08:00:00.250Z",
  });
  assert.equal(publicKeyPayload(em580, "der", atMs)?.public_key, "305A" + "CD".repeat(90));
  assert.equal(publicKeyPayload(em340, "der", atMs), undefined);
  assert.equal(publicKeyPayload(undefined, "der", atMs), undefined);
});

Deno.test("statusPayload omits unknown facts about the meter", () => {
  const parts = { transaction: { state: "idle" }, sinceMs: atMs, atMs: atMs + 1000 } as const;
  assert.deepEqual(statusPayload({ ...parts, state: "connecting", identity: undefined }), {
    state: "connecting",
    transaction: { state: "idle" },
    since: "2026-01-31T08:00:00.250Z",
    timestamp: "2026-01-31T08:00:01.250Z",
  });
  const transaction = { state: "running", transactionId: "tx-1" } as const;
  assert.deepEqual(statusPayload({ ...parts, state: "online", identity: em340, transaction }), {
    state: "online",
    meter_id: "KX12345",
    model: "EM300/ET300",
    identification_code: 341,
    firmware: { measure: "1.0.0", communication: "1.0.0" },
    transaction_support: false,
    transaction: { state: "running", transaction_id: "tx-1" },
    since: "2026-01-31T08:00:00.250Z",
    timestamp: "2026-01-31T08:00:01.250Z",
  });
});

Deno.test("statusPayload reports that readings have the opposite sign of the meter display", () => {
  const parts = { state: "online", identity: em340, transaction: { state: "idle" }, sinceMs: atMs, atMs } as const;
  assert.equal(statusPayload({ ...parts, inverted: true }).inverted, true);
  assert.equal("inverted" in statusPayload({ ...parts, inverted: false }), false);
});

Deno.test("faultPayload has type and severity of each kind of fault", () => {
  for (const [subType, { type, severity }] of Object.entries({ ...faultKinds, ...nodeFaultKinds })) {
    const fault = { subType, active: true, message: "found", sinceMs: atMs, atMs };
    const payload = faultPayload(fault, { [subType]: { type, severity, cause: "", remedy: "" } });
    assert.deepEqual(faultSchema.parse(payload), payload);
    assert.deepEqual([payload.type, payload.severity, payload.sub_type], [type, severity, subType]);
  }
});
