import assert from "node:assert/strict";
import { type OcppRecord, toOcppRecord } from "../../src/ocmf/mod.ts";
import { type OcppSchemas, readOcppSchemas } from "../support/ocpp_schemas.ts";
import { begin, bytesOf, end, payload, signed, testPublicKey, textOf } from "./samples.ts";
import vectors from "./vectors.json" with { type: "json" };

let reading: Promise<OcppSchemas> | undefined;

/** Reads the schemas once, and only if a test runs. */
const readOnce = () => reading ??= readOcppSchemas();

/** Every message that can contain a record, by name, as a charging station sends it. */
function messagesOf({ meterValue, meterValue16 }: OcppRecord) {
  const timestamp = "2026-01-10T08:30:01.000Z";
  return {
    transactionEvent: {
      eventType: "Ended",
      timestamp,
      triggerReason: "StopAuthorized",
      seqNo: 2,
      transactionInfo: { transactionId: "tx-1", stoppedReason: "Local" },
      meterValue: [meterValue],
    },
    meterValues: { evseId: 1, meterValue: [meterValue] },
    stopTransaction16: { transactionId: 1, timestamp, meterStop: 32125, transactionData: [meterValue16] },
    meterValues16: { connectorId: 1, transactionId: 1, meterValue: [meterValue16] },
  };
}

/** The reasons why each schema refuses the record; empty for the schemas that accept it. */
function refusals(schemas: OcppSchemas, record: OcppRecord): Record<string, string> {
  const messages = messagesOf(record);
  const found = (["transactionEvent", "meterValues", "stopTransaction16", "meterValues16"] as const).map((name) => {
    const message: unknown = JSON.parse(JSON.stringify(messages[name]));
    const isAccepted = schemas[name](message);
    return [
      name,
      isAccepted ? "" : schemas[name].errors?.map((error) => `${error.instancePath} ${error.message}`).join(),
    ];
  });
  return Object.fromEntries(found.filter(([, reason]) => reason !== ""));
}

/** A signed record with this number of bytes. */
function recordOf(bytes: number): Uint8Array {
  const tariffChanges: typeof begin[] = [];
  const make = (text: string) => signed(payload([begin, ...tariffChanges, end], { TT: `${text}<=>tx-1` }));
  while (make("").length < bytes - 200) tariffChanges.push({ ...begin, TX: "T", RV: "20.000" });
  // The length of a signature varies by some bytes
  for (let length = bytes - make("").length - 8;; length++) {
    const record = make("x".repeat(length));
    if (record.length === bytes) return record;
    assert.ok(length < bytes, `no record has ${bytes} bytes`);
  }
}

Deno.test("CitrineOS accepts the OCPP forms of real records, and they contain the exact bytes", async () => {
  const schemas = await readOnce();
  let accepted = 0;
  for (const { ocmf, id } of vectors) {
    const record = toOcppRecord(ocmf, "305A30");
    if (record.meterValue === undefined || !record.fits201) continue;
    assert.deepEqual(refusals(schemas, record), {}, id);
    const { transactionEvent, stopTransaction16 } = JSON.parse(JSON.stringify(messagesOf(record)));
    const signedValue = JSON.parse(stopTransaction16.transactionData[0].sampledValue[0].value);
    for (const { signedMeterData } of [transactionEvent.meterValue[0].sampledValue[0].signedMeterValue, signedValue]) {
      assert.deepEqual(Uint8Array.fromBase64(signedMeterData), bytesOf(ocmf), id);
    }
    accepted++;
  }
  assert.ok(accepted >= 70, `only ${accepted} records were checked`);
});

Deno.test("CitrineOS refuses exactly the records that are marked as too long for OCPP 2.0.1", async () => {
  const schemas = await readOnce();
  const fitting = toOcppRecord(recordOf(1875), testPublicKey);
  assert.deepEqual([fitting.fits201, fitting.problems, refusals(schemas, fitting)], [true, [], {}]);
  // The registers of an EM580 have at most 4062 bytes
  for (const [bytes, characters] of [[1876, 2504], [4062, 5416]] as const) {
    const record = recordOf(bytes);
    const long = toOcppRecord(record, testPublicKey);
    const place = "/meterValue/0/sampledValue/0/signedMeterValue/signedMeterData";
    const reason = `${place} must NOT have more than 2500 characters`;
    assert.deepEqual(refusals(schemas, long), { transactionEvent: reason, meterValues: reason });
    assert.equal(long.fits201, false);
    assert.match(
      long.problems.join(),
      new RegExp(`^signedMeterData has ${characters} characters, and OCPP 2.0.1 allows`),
    );
    assert.match(
      long.problems.join(),
      /Send it with OCPP 2.1 or 1.6, or .* deliver the OCMF record .* outside of OCPP/,
    );
    const value = JSON.parse(long.meterValue16?.sampledValue[0]?.value ?? "");
    assert.equal(textOf(Uint8Array.fromBase64(value.signedMeterData)), textOf(record));
  }
});

Deno.test("CitrineOS refuses a plain record in place of base64 only in MeterValues", async () => {
  const schemas = await readOnce();
  const record = toOcppRecord(signed(), testPublicKey);
  const [sampled] = record.meterValue?.sampledValue ?? [];
  assert.ok(record.meterValue !== undefined && sampled?.signedMeterValue !== undefined);
  const signedMeterValue = { ...sampled.signedMeterValue, signedMeterData: textOf(signed()) };
  const plain = { ...record, meterValue: { ...record.meterValue, sampledValue: [{ ...sampled, signedMeterValue }] } };
  assert.deepEqual(Object.keys(refusals(schemas, plain)), ["meterValues"]);
});
