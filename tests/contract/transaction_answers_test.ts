import assert from "node:assert/strict";
import { failedAnswer, ocmfResult, ocmfResultSchema } from "../../src/contract/mod.ts";
import { stopAnswer } from "../../src/contract/transaction_answers.ts";
import { ParsedRecord } from "../../src/ocmf/mod.ts";
import { TransactionError } from "../../src/transaction/mod.ts";
import { startRequest, textOf, World } from "../transaction/world.ts";

/** The record of a transaction that was started and stopped. */
async function finishedRecord(world: World) {
  const { transactions, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  await transactions.stop({ transaction_id: "tx-1" });
  const [record] = journal.outbox(1);
  assert.ok(record !== undefined);
  return record;
}

Deno.test("ocmfResult describes a record completely, and its OCPP form has the same bytes", async () => {
  await using world = new World();
  const { transactions, journal, steps } = world.boot();
  const { signed_meter_value: startValue } = await transactions.start(startRequest("tx-1"));
  await transactions.stop({ transaction_id: "tx-1" });
  const [record] = journal.outbox(1);
  assert.ok(record !== undefined);
  const result = ocmfResult(record, "berlin-01");
  const billing = steps.identity?.billing;
  assert.ok(billing?.able);
  const { ocpp, started_at, read_at, ...rest } = result;
  assert.deepEqual(rest, {
    transaction_id: "tx-1",
    site: "berlin-01",
    meter: "evse-1",
    journal_seq: 1,
    meter_id: "BY1234567.2025",
    evse_id: "DE*TST*E1",
    reason: "stopped",
    ocmf: textOf(world.meter.made[0]),
    public_key: billing.publicKeyPoint,
    signing_method: "ECDSA-brainpoolP256r1-SHA256",
    verification: { signature: "valid", session: "ok", key: "first_seen", problems: [] },
    session: {
      derived: true,
      transaction_id: "tx-1",
      begin_at: "2026-01-31T08:00:00.000Z",
      end_at: "2026-01-31T08:01:00.000Z",
      duration_s: 60,
      time_quality: "S",
      registers: [{
        obis: "1-b:1.8.0",
        direction: "import",
        billed: true,
        begin_Wh: "1000",
        end_Wh: "1125",
        energy_Wh: "125",
      }],
      energy_Wh: "125",
      evse_id: "DE*TST*E1",
      charging_point_type: "EVSEID",
      identification: { assigned: true, type: "NONE", level: "NONE", flags: [] },
      tariff_text: "0.30 EUR/kWh",
      pagination: "T1",
      meter_serial: "BY1234567",
    },
    start_signed_meter_value: startValue,
    meter_begin_at: "2026-01-31T08:00:00.000Z",
    meter_end_at: "2026-01-31T08:01:00.000Z",
  });
  assert.deepEqual([started_at, read_at], ["2026-01-31T08:00:00.000Z", "2026-01-31T08:00:00.000Z"]);
  assert.equal(atob(ocpp.signedMeterData), textOf(world.meter.made[0]));
  assert.equal(atob(ocpp.publicKey), `oca:base16:asn1:${billing.publicKeyDer}`);
  const [sampled] = ocpp.meterValue?.sampledValue ?? [];
  assert.deepEqual([sampled?.value, sampled?.unitOfMeasure.unit, sampled?.context], [1.125, "kWh", "Transaction.End"]);
  const { meterValue: _, meterValue16, fits201, problems, ...signedValue } = ocpp;
  assert.deepEqual(sampled?.signedMeterValue, signedValue);
  assert.deepEqual(JSON.parse(meterValue16?.sampledValue[0]?.value ?? ""), signedValue);
  assert.deepEqual([fits201, problems], [true, []]);
  assert.deepEqual(ocmfResultSchema.parse(result), result);
});

Deno.test("a stop answers with the forms for OCPP and the session of the published record", async () => {
  await using world = new World();
  const { transactions, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  const { ocpp, session } = await transactions.stop({ transaction_id: "tx-1" });
  const [record] = journal.outbox(1);
  assert.ok(record !== undefined && ocpp !== undefined);
  const published = ocmfResult(record);
  assert.deepEqual({ ocpp, session }, { ocpp: published.ocpp, session: published.session });
  assert.equal(session?.energy_Wh, "125");
});

Deno.test("a stop is answered with its record if nothing can be derived from it, and a warning has the reason", async () => {
  await using world = new World();
  const record = await finishedRecord(world);
  const parsed = new ParsedRecord(record.ocmf);
  Object.defineProperty(parsed, "content", {
    get() {
      throw new RangeError("Invalid time value");
    },
  });
  const { status, signed_meter_value, ocpp, session, warnings } = stopAnswer(
    { transaction: undefined, record, parsed },
    true,
  );
  assert.deepEqual([status, signed_meter_value?.signed_meter_data], ["OK", textOf(world.meter.made[0])]);
  assert.deepEqual([ocpp, session], [undefined, undefined]);
  assert.match(warnings?.join() ?? "", /^ocpp and session are left out.*Invalid time value$/);
});

Deno.test("ocmfResult of a record whose key is not a point of a curve has no key in its OCPP form", async () => {
  await using world = new World();
  const record = await finishedRecord(world);
  const { ocpp, public_key: key, ocmf } = ocmfResult({ ...record, publicKey: "04AA" });
  assert.deepEqual([ocpp.publicKey, key, ocmf], ["", "04AA", textOf(world.meter.made[0])]);
});

Deno.test("ocmfResult has the session of a record with an invalid signature, and none of a text that is no record", async () => {
  await using world = new World();
  const record = await finishedRecord(world);
  const resultOf = (text: string) =>
    ocmfResult({ ...record, ocmf: new TextEncoder().encode(text), verdict: undefined });
  const changed = resultOf(textOf(record.ocmf).replace(/"RV":1.125/, '"RV":9.125'));
  assert.deepEqual([changed.verification.signature, changed.session?.energy_Wh], ["invalid", "8125"]);
  const malformed = resultOf("OCMF|{");
  assert.deepEqual([malformed.verification.signature, "session" in malformed], ["malformed", false]);
  assert.deepEqual(ocmfResultSchema.parse(changed), changed);
});

Deno.test("failedAnswer has the status NOT_SUPPORTED only for this code", () => {
  assert.deepEqual(failedAnswer(new TransactionError("NOT_SUPPORTED", "no"), "tx-1"), {
    status: "NOT_SUPPORTED",
    code: "NOT_SUPPORTED",
    error: "no",
    transaction_id: "tx-1",
  });
  assert.deepEqual(failedAnswer(new TransactionError("TIMEOUT", "late")), {
    status: "UNEXPECTED_ERROR",
    code: "TIMEOUT",
    error: "late",
  });
});

Deno.test("MeterTransactions.status reports the requested transaction, else the open one, else the last one", async () => {
  await using world = new World();
  const { transactions, journal } = world.boot();
  assert.deepEqual(transactions.status({}), { status: "OK" });
  assert.deepEqual(transactions.status(undefined), { status: "OK" });
  await transactions.start(startRequest("tx-1"));
  await transactions.stop({ transaction_id: "tx-1" });
  const at = "2026-01-31T08:00:00.000Z";
  assert.deepEqual(transactions.status({}).transaction, {
    state: "finished",
    transaction_id: "tx-1",
    started_at: at,
    stopped_at: at,
    reason: "stopped",
  });
  await transactions.start(startRequest("tx-2"));
  assert.deepEqual(transactions.status({}).transaction, { state: "running", transaction_id: "tx-2", started_at: at });
  await journal.markDelivered(1, Date.UTC(2026, 0, 31, 9));
  assert.equal(transactions.status({ transaction_id: "tx-1" }).transaction?.delivered_at, "2026-01-31T09:00:00.000Z");
  assert.throws(() => transactions.status({ transaction_id: "tx-3" }), { code: "UNKNOWN_TRANSACTION" });
  assert.throws(() => transactions.status({ transaction_id: 3 }), { code: "INVALID_REQUEST" });
});
