import assert from "node:assert/strict";
import { sessionOf } from "../../src/ocmf/mod.ts";
import { begin, end, payload, type ReadingMembers, signed } from "./samples.ts";

/** Title, readings, begin, end and energy in Wh. */
type EnergyCase = [string, ReadingMembers[], (string | undefined)[]];

const energyCases: EnergyCase[] = [
  ["kilowatt hours", [begin, end], ["10000", "32125", "22125"]],
  ["trailing zeros", [{ ...begin, RV: "10.0000" }, { ...end, RV: "32.12500" }], ["10000.0", "32125.00", "22125.00"]],
  ["padded texts", [{ ...begin, RV: "      1.500" }, { ...end, RV: "00002.750" }], ["1500", "2750", "1250"]],
  ["an exponent", [{ ...begin, RV: "1.5e7", RU: "Wh" }, { ...end, RV: "1.606848E7", RU: "Wh" }], [
    "15000000",
    "16068480",
    "1068480",
  ]],
  ["more digits than a number has", [
    { ...begin, RV: "90071992547409.931" },
    { ...end, RV: "90071992547410.9320000001" },
  ], ["90071992547409931", "90071992547410932.0000001", "1001.0000001"]],
  ["values that carry RI, RU and ST forward", [begin, { TM: end.TM, TX: "E", RV: "11" }], ["10000", "11000", "1000"]],
  ["changes of the tariff", [begin, { TX: "T", RV: "12" }, { TX: "T", RV: "20" }, { TX: "E", RV: "21" }], [
    "10000",
    "21000",
    "11000",
  ]],
  ["suspension, and an end after a power loss", [begin, { TX: "S", RV: "12" }, { TX: "P", RV: "13" }], [
    "10000",
    "13000",
    "3000",
  ]],
  ["nothing charged", [begin, { ...end, RV: "10.000" }], ["10000", "10000", "0"]],
  ["no begin", [{ ...begin, TX: "C" }, end], [undefined, "32125", undefined]],
  ["no end", [begin, { ...end, TX: "C" }], ["10000", undefined, undefined]],
  ["an end without a value", [begin, { ...end, RV: undefined }], ["10000", undefined, undefined]],
  ["a value that is not a number", [begin, { ...end, RV: "n/a" }], ["10000", undefined, undefined]],
  ["a unit that is not of energy", [{ ...begin, RU: "mOhm" }, { ...end, RU: "mOhm" }], [
    undefined,
    undefined,
    undefined,
  ]],
  ["no unit", [{ ...begin, RU: undefined }, { ...end, RU: undefined }], [undefined, undefined, undefined]],
  ["different units", [begin, { ...end, RU: "Wh" }], ["10000", "32.125", undefined]],
  ["a register that runs backwards", [begin, { ...end, RV: "9" }], ["10000", "9000", undefined]],
  ["an end before the begin", [end, begin], ["10000", "32125", undefined]],
  ["two begins", [begin, begin, end], ["10000", "32125", undefined]],
  ["two ends", [begin, end, end], ["10000", "32125", undefined]],
  ["an energy error", [begin, { ...end, EF: "tE" }], ["10000", "32125", undefined]],
  ["a time error", [begin, { ...end, EF: "t" }], ["10000", "32125", "22125"]],
  ["a substitute", [{ ...begin, ST: "S" }, { ...end, ST: "G" }], ["10000", "32125", undefined]],
  ["manipulation in between", [begin, { TX: "C", ST: "M", RV: "11" }, { ...end, ST: "G" }], [
    "10000",
    "32125",
    undefined,
  ]],
  ["an exception in between", [begin, { ...begin, TX: "X" }, end], ["10000", "32125", undefined]],
];

for (const [title, readings, wanted] of energyCases) {
  Deno.test(`sessionOf derives the energy of ${title}`, () => {
    const session = sessionOf(signed(payload(readings)));
    const { beginWh, endWh, energyWh } = session?.registers[0] ?? {};
    assert.deepEqual([beginWh, endWh, energyWh], wanted);
    assert.equal(session?.energyWh, energyWh);
  });
}

Deno.test("sessionOf sums up no energy if several registers are billed", () => {
  const exported = { RI: "1-0:C2.8.0" };
  const imported = { RI: "1-0:B2.8.0" };
  const session = sessionOf(signed(payload([
    { ...begin, ...imported },
    { ...begin, ...exported, RV: "1" },
    { ...end, ...imported },
    { ...end, ...exported, RV: "1.25" },
  ])));
  assert.deepEqual(
    session?.registers.map(({ direction, billed, energyWh }) => [direction, billed, energyWh]),
    [["import", true, "22125"], ["export", true, "250"]],
  );
  assert.equal(session?.energyWh, undefined);
});

/** Title, codes of both registers, end of the second one in kWh (its begin is 0), energy of the session. */
const pairs: [string, [string, string], string, string | undefined][] = [
  ["at the meter", ["1-0:B0.8.0", "1-0:B2.8.0"], "22.125", "22125"],
  ["in any order", ["1-0:B2.8.0", "1-0:B0.8.0"], "22.125", "22125"],
  ["with compensated losses", ["01-00:B1.08.00*00", "01-00:B3.08.00*00"], "22.1250", "22125"],
  ["of exported energy", ["1-0:C1.8.0", "1-0:C3.8.0"], "22.125", "22125"],
  ["that state different energies", ["1-0:B0.8.0", "1-0:B2.8.0"], "22.126", undefined],
  ["of different directions", ["1-0:B0.8.0", "1-0:C2.8.0"], "22.125", undefined],
  ["at different points", ["1-0:B0.8.0", "1-0:9E.8.0"], "22.125", undefined],
];

for (const [title, [one, other], value, wanted] of pairs) {
  Deno.test(`sessionOf has the energy of a total and a transaction register ${title}`, () => {
    const session = sessionOf(signed(payload([
      { ...begin, RI: one },
      { ...begin, RI: other, RV: "0.000" },
      { ...end, RI: one },
      { ...end, RI: other, RV: value },
    ])));
    assert.deepEqual(session?.registers.map(({ billed }) => billed), [true, true]);
    assert.equal(session?.energyWh, wanted);
  });
}

Deno.test("sessionOf has no common energy if one of two registers states none", () => {
  const transaction = { RI: "1-0:B2.8.0" };
  const total = { RI: "1-0:B0.8.0" };
  const session = sessionOf(signed(payload([
    { ...begin, ...total },
    { ...end, ...total },
    { ...end, ...transaction, RV: "22.125" },
  ])));
  assert.deepEqual(session?.registers.map(({ energyWh }) => energyWh), ["22125", undefined]);
  assert.equal(session?.energyWh, undefined);
});

Deno.test("sessionOf bills a register of imported energy rather than one of exported energy", () => {
  const session = sessionOf(signed(payload([
    { ...begin, RI: "1-0:2.8.0" },
    { ...begin, RI: "1-0:1.8.0" },
    { ...end, RI: "1-0:2.8.0", RV: "11" },
    { ...end, RI: "1-0:1.8.0" },
  ])));
  assert.deepEqual(session?.registers.map(({ obis, billed }) => [obis, billed]), [
    ["1-0:2.8.0", false],
    ["1-0:1.8.0", true],
  ]);
  assert.equal(session?.energyWh, "22125");
  const exported = sessionOf(signed(payload([{ ...begin, RI: "1-0:2.8.0" }, { ...end, RI: "1-0:2.8.0" }])));
  assert.deepEqual([exported?.registers[0]?.direction, exported?.energyWh], ["export", "22125"]);
});

Deno.test("sessionOf has the loss of the cable, which the energy does not contain", () => {
  const compensated = { RI: "1-0:B3.8.0" };
  const readings = [{ ...begin, ...compensated, CL: "0.000" }, { ...end, ...compensated, CL: 0.125 }];
  const [register] = sessionOf(signed(payload(readings, { LC: { LN: "cable", LR: 5, LU: "mOhm" } })))?.registers ?? [];
  assert.deepEqual([register?.energyWh, register?.lossWh], ["22125", "125"]);
});
