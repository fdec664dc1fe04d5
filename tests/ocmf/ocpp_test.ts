import assert from "node:assert/strict";
import { type OcppRecord, toOcppRecord, verifyRecord } from "../../src/ocmf/mod.ts";
import { begin, bytesOf, end, payload, type ReadingMembers, signed, testPublicKey, textOf } from "./samples.ts";

const spki = "305A30";
const withoutValue = (reason: string) => `The record has no meter value: ${reason}`;

function ofReadings(...readings: ReadingMembers[]): OcppRecord {
  return toOcppRecord(signed(payload(readings)), spki);
}

Deno.test("toOcppRecord has the signed register at the end as a meter value of OCPP 2.0.1", () => {
  const record = signed();
  const { meterValue, fits201, problems, signedMeterData, signingMethod, encodingMethod, publicKey } = toOcppRecord(
    record,
    spki,
  );
  assert.deepEqual([fits201, problems], [true, []]);
  assert.deepEqual(meterValue, {
    timestamp: "2026-01-10T08:30:00.000Z",
    sampledValue: [{
      value: 32.125,
      context: "Transaction.End",
      measurand: "Energy.Active.Import.Register",
      location: "Outlet",
      unitOfMeasure: { unit: "kWh", multiplier: 0 },
      signedMeterValue: { signedMeterData, signingMethod, encodingMethod, publicKey },
    }],
  });
  assert.deepEqual([signedMeterData, signingMethod, encodingMethod], [btoa(textOf(record)), "", "OCMF"]);
  assert.equal(atob(publicKey), "oca:base16:asn1:305A30");
});

Deno.test("toOcppRecord has the record as signed data of OCPP 1.6, from which it can be verified", () => {
  const { meterValue16 } = toOcppRecord(signed(), testPublicKey);
  assert.ok(meterValue16 !== undefined);
  const { timestamp, sampledValue: [sampled, ...others] } = meterValue16;
  assert.ok(sampled !== undefined);
  const { value, ...rest } = sampled;
  assert.deepEqual([timestamp, others], ["2026-01-10T08:30:00.000Z", []]);
  assert.deepEqual(rest, {
    context: "Transaction.End",
    format: "SignedData",
    measurand: "Energy.Active.Import.Register",
    location: "Outlet",
    unit: "kWh",
  });
  const { signedMeterData, publicKey, ...methods } = JSON.parse(value);
  assert.deepEqual(methods, { signingMethod: "", encodingMethod: "OCMF" });
  assert.equal(verifyRecord(Uint8Array.fromBase64(signedMeterData), publicKey).signature, "valid");
});

Deno.test("toOcppRecord without a key sends no key", () => {
  const { publicKey, meterValue } = toOcppRecord(signed(), "");
  assert.deepEqual([publicKey, meterValue?.sampledValue[0]?.signedMeterValue?.publicKey], ["", ""]);
});

Deno.test("toOcppRecord has a value for each billed register, and the record once", () => {
  const imported = { RI: "01-00:B2.08.00*FF" };
  const exported = { RI: "01-00:C2.08.00*FF", RU: "Wh" };
  const { meterValue, meterValue16, problems } = ofReadings(
    { ...begin, ...imported, RV: "0" },
    { ...begin, ...exported, RV: "0" },
    { ...end, ...imported },
    { ...end, ...exported, RV: "250" },
  );
  assert.deepEqual(
    meterValue?.sampledValue.map(({ value, measurand, unitOfMeasure, signedMeterValue }) => [
      value,
      measurand,
      unitOfMeasure.unit,
      signedMeterValue !== undefined,
    ]),
    [[32.125, "Energy.Active.Import.Register", "kWh", true], [250, "Energy.Active.Export.Register", "Wh", false]],
  );
  assert.deepEqual([meterValue16?.sampledValue.length, problems], [1, []]);
});

Deno.test("toOcppRecord has no value for a register that was read at another time, and reports it", () => {
  const exported = { RI: "01-00:C2.08.00*FF" };
  const later = { ...end, ...exported, TM: "2026-01-10T09:30:01,000+0100 S" };
  const { meterValue, problems } = ofReadings({ ...end, RI: "01-00:B2.08.00*FF" }, later);
  assert.deepEqual(meterValue?.sampledValue.map(({ measurand }) => measurand), ["Energy.Active.Import.Register"]);
  assert.deepEqual(problems, [
    "The register 01-00:C2.08.00*FF has no value of its own: its time is another one than that of the first register",
  ]);
});

Deno.test("toOcppRecord of a record with only a begin has the context of a begin", () => {
  const { meterValue, meterValue16 } = ofReadings(begin);
  assert.deepEqual(meterValue?.sampledValue.map(({ value, context }) => [value, context]), [[10, "Transaction.Begin"]]);
  assert.equal(meterValue16?.sampledValue[0]?.context, "Transaction.Begin");
});

Deno.test("toOcppRecord reports a register that a JSON number cannot have exactly", () => {
  const { meterValue, problems } = ofReadings(begin, { ...end, RV: "9007199254740993.125" });
  assert.equal(meterValue?.sampledValue[0]?.value, 9007199254740994);
  assert.deepEqual(problems, [
    "The register 9007199254740993.125 has more digits than a JSON number: value is rounded",
  ]);
  assert.deepEqual(ofReadings(begin, { ...end, RV: "99999999999.999" }).problems, []);
});

Deno.test("toOcppRecord invents no value: without a usable register it has the record and the reason", () => {
  const cases: [reason: string, readings: ReadingMembers[]][] = [
    ["no reading is marked as end", [begin, { ...begin, TX: "C" }]],
    ["no reading of it states a begin or an end clearly", []],
    ["no reading of it states a begin or an end clearly", [{ ...end, TX: undefined }]],
    [
      "the OBIS code (none) is no register of energy to or from the vehicle",
      [begin, end].map((all) => ({ ...all, RI: undefined })),
    ],
    ["the unit of its register is MWh, not Wh or kWh", [begin, { ...end, RU: "MWh" }]],
    ["the unit of its register is constructor, not Wh or kWh", [begin, { ...end, RU: "constructor" }]],
    ["the register none is not a JSON number", [begin, { ...end, RV: "none" }]],
    ["the register 1e350 is not a JSON number", [begin, { ...end, RV: "1e350" }]],
    ["the time yesterday at its end cannot be read", [begin, { ...end, TM: "yesterday" }]],
  ];
  for (const [reason, readings] of cases) {
    const { problems, signedMeterData, meterValue, meterValue16 } = ofReadings(...readings);
    assert.deepEqual(problems, [withoutValue(reason)]);
    assert.ok(meterValue === undefined && meterValue16 === undefined && signedMeterData !== "", reason);
  }
  const twice = payload().replace('"RV":"32.125"', '"RV":"32.125","RV":"99.125"');
  const ambiguous = toOcppRecord(signed(twice), spki);
  assert.deepEqual([ambiguous.meterValue, ambiguous.problems.length], [undefined, 1]);
  const broken = toOcppRecord(new Uint8Array([0xff, 0x00]), spki);
  assert.match(broken.problems.join(), /^The record has no meter value: [^,]+$/);
  assert.equal(broken.signedMeterData, "/wA=");
});

Deno.test("toOcppRecord has the unit of the record in the spelling of OCPP", () => {
  const { meterValue, meterValue16 } = ofReadings({ ...begin, RU: "KWH" }, { ...end, RU: "KWH" });
  assert.equal(meterValue?.sampledValue[0]?.unitOfMeasure.unit, "kWh");
  assert.equal(meterValue16?.sampledValue[0]?.unit, "kWh");
});

Deno.test("toOcppRecord of a text is that of its bytes", () => {
  assert.deepEqual(toOcppRecord("OCMF|{\u00e4}|{}", spki), toOcppRecord(bytesOf("OCMF|{\u00e4}|{}"), spki));
});
