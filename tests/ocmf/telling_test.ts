import assert from "node:assert/strict";
import { explainRecord, recordFacts, toOcppSignedMeterValue, verifyRecord } from "../../src/ocmf/mod.ts";
import { begin, bytesOf, end, payload, signed, testPublicKey, textOf } from "./samples.ts";

Deno.test("recordFacts reads a complete record", () => {
  assert.deepEqual(recordFacts(signed(payload([begin, { TX: "C", RV: "11" }, { ...end, TX: "P" }]))), {
    transactionId: "tx-1",
    evseId: "DE*TST*E1",
    serialNumber: "TEST0000001",
    pagination: 7,
    paginationLetter: "T",
    lastTx: "P",
    beginAtMs: Date.UTC(2026, 0, 10, 7, 0, 0),
    endAtMs: Date.UTC(2026, 0, 10, 8, 30, 0),
  });
});

Deno.test("recordFacts returns the text after the last mark of the tariff text, trimmed", () => {
  const id = (tariff: string) => recordFacts(signed(payload(undefined, { TT: tariff }))).transactionId;
  assert.equal(id("a<=>b<=> tx 2 "), "tx 2");
  assert.equal(id("<=>x"), "x");
  assert.equal(id("0.30 EUR"), undefined);
  assert.equal(id("0.30 EUR<=>"), undefined);
});

Deno.test("recordFacts finds remaining values in a damaged record", () => {
  const whole = textOf(signed());
  const facts = recordFacts(bytesOf(whole.slice(0, whole.indexOf('"RV":"32.125"'))));
  assert.deepEqual(facts, {
    transactionId: "tx-1",
    evseId: "DE*TST*E1",
    serialNumber: "TEST0000001",
    pagination: 7,
    paginationLetter: "T",
    lastTx: "E",
  });
  assert.deepEqual(recordFacts(bytesOf("no record")), {});
});

Deno.test("recordFacts uses the gateway's serial number if the meter has none, and reads fiscal paginations", () => {
  const facts = recordFacts(signed(payload(undefined, { MS: undefined, GS: "G1", PG: "F3" })));
  assert.deepEqual([facts.serialNumber, facts.pagination, facts.paginationLetter], ["G1", 3, "F"]);
});

Deno.test("toOcppSignedMeterValue follows the application note", () => {
  const record = bytesOf("OCMF|{\u00e4}|{}");
  assert.deepEqual(toOcppSignedMeterValue(record, "305A30"), {
    signedMeterData: "T0NNRnx7w6R9fHt9",
    signingMethod: "",
    encodingMethod: "OCMF",
    publicKey: btoa("oca:base16:asn1:305A30"),
  });
  assert.deepEqual(toOcppSignedMeterValue("OCMF|{\u00e4}|{}", "305A30"), toOcppSignedMeterValue(record, "305A30"));
});

Deno.test("explainRecord explains energy, duration, readings and verdicts", () => {
  const record = signed();
  const lines = new Map(
    explainRecord(record, verifyRecord(record, testPublicKey)).map((
      { field, value, meaning },
    ) => [field, [value, meaning]]),
  );
  assert.deepEqual(lines.get("energy"), ["22.125 kWh", "end value minus begin value of 1-b:1.8.0"]);
  assert.deepEqual(lines.get("duration"), ["01:30:00", "from begin to end (hours:minutes:seconds)"]);
  assert.deepEqual(lines.get("PG"), ["T7", "sequence number of the transaction records"]);
  assert.deepEqual(lines.get("TT"), ["0.30<=>tx-1", "tariff text, for transaction tx-1"]);
  assert.deepEqual(lines.get("RD 1"), [
    "10.000 kWh at 2026-01-10T08:00:00,000+0100 S",
    "begin of the transaction; 1-b:1.8.0: energy to the vehicle (import); clock synchronised; status G: good",
  ]);
  assert.deepEqual(lines.get("signature"), ["valid", "the owner of the key signed exactly these bytes"]);
  assert.equal(lines.get("session")?.[0], "ok");
  assert.equal(lines.has("problem"), false);
});

Deno.test("explainRecord states no energy that must not be used", () => {
  const record = signed(payload([begin, { ...end, EF: "E" }]));
  const fields = explainRecord(record, verifyRecord(record, testPublicKey)).map(({ field }) => field);
  assert.deepEqual([fields.includes("energy"), fields.includes("duration")], [false, true]);
});

Deno.test("explainRecord returns only verdicts and problems for an invalid record", () => {
  const bytes = bytesOf("no record");
  const lines = explainRecord(bytes, verifyRecord(bytes, undefined));
  assert.deepEqual(lines.map(({ field }) => field), ["signature", "session", "key", "problem"]);
});
