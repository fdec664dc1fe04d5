import assert from "node:assert/strict";
import { readRecords, toOcppRecord, verifyRecords } from "../../src/ocmf/mod.ts";
import { begin, bytesOf, end, payload, signed, testPublicKey, textOf } from "./samples.ts";

const record = signed();
const { meterValue, meterValue16, ...signedValue } = toOcppRecord(record, testPublicKey);
const event = { eventType: "Ended", transactionInfo: { transactionId: "tx-9" }, meterValue: [meterValue] };

const read = (...values: unknown[]) => readRecords(bytesOf(values.map((value) => JSON.stringify(value)).join("\n")));
const texts = (...values: unknown[]) => read(...values).map(({ ocmf }) => textOf(ocmf));

Deno.test("readRecords finds the record in each form in which a backend has it, with its key", () => {
  const forms = {
    "SignedMeterValueType": signedValue,
    "SampledValueType": meterValue?.sampledValue[0],
    "MeterValueType": meterValue,
    "TransactionEvent": event,
    "MeterValues": { evseId: 1, meterValue: [meterValue] },
    "the frame of a request": [2, "4711", "TransactionEvent", event],
    "SampledValue of OCPP 1.6": meterValue16?.sampledValue[0],
    "StopTransaction of OCPP 1.6": { transactionId: 7, transactionData: [meterValue16] },
  };
  for (const [form, value] of Object.entries(forms)) {
    const inputs = read(value);
    assert.deepEqual(inputs.map(({ ocmf }) => textOf(ocmf)), [textOf(record)], form);
    assert.deepEqual(verifyRecords(inputs).map(({ signature }) => signature), ["valid"], form);
  }
});

Deno.test("readRecords names a record by the transaction of its message, but does not expect its id", () => {
  const [input] = read(event);
  assert.equal(input?.id, "tx-9");
  assert.deepEqual(verifyRecords(read(event)).map(({ session }) => session), ["ok"]);
  assert.equal(read({ transactionId: 7, transactionData: [meterValue16] })[0]?.id, 7);
});

Deno.test("readRecords reads messages of OCPP line by line, and as an array", () => {
  const other = signed(payload(undefined, { PG: "T8" }));
  const second = { meterValue: [toOcppRecord(other, testPublicKey).meterValue] };
  assert.deepEqual(texts(event, second), [textOf(record), textOf(other)]);
  assert.deepEqual(texts([event, second, event, second]).length, 4);
});

Deno.test("readRecords returns a record once that a station sends as begin and as end", () => {
  assert.equal(texts({ meterValue: [meterValue, meterValue] }).length, 1);
});

Deno.test("readRecords joins begin and end of a station that signs them separately", () => {
  const parts = [[begin, "T7"], [end, "T8"]] as const;
  const values = parts.map(([reading, PG]) =>
    toOcppRecord(signed(payload([reading], { PG })), testPublicKey).meterValue
  );
  assert.deepEqual(values.map((value) => value?.sampledValue[0]?.context), ["Transaction.Begin", "Transaction.End"]);
  const verdicts = verifyRecords(read({ meterValue: values }));
  assert.deepEqual(verdicts.map(({ signature, session }) => [signature, session]), [["valid", "ok"], ["valid", "ok"]]);
});

Deno.test("readRecords accepts plain OCMF in place of base64, as some stations send it", () => {
  const plain = textOf(record);
  assert.deepEqual(texts({ meterValue: [{ sampledValue: [{ signedMeterValue: { signedMeterData: plain } }] }] }), [
    plain,
  ]);
  assert.deepEqual(texts({ transactionData: [{ sampledValue: [{ format: "SignedData", value: plain }] }] }), [plain]);
});

Deno.test("readRecords finds no record in a message of OCPP without a signed value", () => {
  const unsigned = [{ value: 1 }, { format: "SignedData", value: "{" }, { format: "SignedData", value: 3 }, null, 1];
  assert.deepEqual(read({ meterValue: [{ sampledValue: unsigned }] }), []);
  let nested: unknown = { signedMeterData: "x" };
  for (let level = 0; level < 60; level++) nested = { meterValue: [nested] };
  assert.deepEqual(read(nested), []);
});
