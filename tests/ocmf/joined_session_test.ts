import assert from "node:assert/strict";
import { joinedSession } from "../../src/ocmf/mod.ts";
import { begin, bytesOf, end, payload, type ReadingMembers, signed, textOf } from "./samples.ts";
import vectors from "./vectors.json" with { type: "json" };

const first = (fields: ReadingMembers = {}, reading: ReadingMembers = {}) =>
  signed(payload([{ ...begin, ...reading }], fields));
const last = (fields: ReadingMembers = {}, reading: ReadingMembers = {}) =>
  signed(payload([{ ...end, ...reading }], { PG: "T8", ...fields }));

Deno.test("joinedSession joins the records of begin and end", () => {
  assert.deepEqual(joinedSession(first(), last()), {
    derived: true,
    session: {
      transactionId: "tx-1",
      beginAtMs: Date.UTC(2026, 0, 10, 7),
      endAtMs: Date.UTC(2026, 0, 10, 8, 30),
      durationMs: 5_400_000,
      timeQuality: "S",
      registers: [{
        obis: "1-b:1.8.0",
        direction: "import",
        billed: true,
        beginWh: "10000",
        endWh: "32125",
        energyWh: "22125",
      }],
      energyWh: "22125",
      evseId: "DE*TST*E1",
      chargingPointType: "EVSEID",
      identification: { assigned: true, type: "NONE", level: "NONE", flags: [] },
      tariffText: "0.30",
      pagination: "T8",
      meterSerial: "TEST0000001",
    },
    problems: [],
  });
});

Deno.test("joinedSession keeps remarks to check before billing", () => {
  const { session, problems } = joinedSession(first(), last({}, { TM: "2026-01-10T09:30:00,000+0100 U", TX: "P" }));
  assert.deepEqual([session?.energyWh, session?.timeQuality], ["22125", "U"]);
  assert.deepEqual(problems, [
    "Reading 2 has time flag U (clock not synchronised): 2026-01-10T09:30:00,000+0100 U",
    "The meter closed the session after a power loss (TX P)",
  ]);
});

Deno.test("joinedSession follows a pagination that wraps around, and needs no transaction id", () => {
  const wrapped = joinedSession(first({ PG: "T4294967295", TT: "" }), last({ PG: "T0", TT: "" }));
  assert.deepEqual([wrapped.session?.energyWh, wrapped.session?.transactionId], ["22125", undefined]);
});

/** Title, record of the begin, record of the end, a part of a problem. */
const refused: [string, Uint8Array, Uint8Array, RegExp][] = [
  ["another meter", first(), last({ MS: "TEST0000002" }), /serial number of the meter \(MS\).*TEST0000002/],
  ["a meter without a serial number", first({ MS: undefined }), last({ MS: undefined }), /name no meter/],
  ["another user", first({ ID: "04A2" }), last({ ID: "04A3" }), /user \(ID\)/],
  ["another level of the user", first({ IL: "TRUSTED" }), last({ IL: "HEARSAY" }), /level of the identification/],
  ["other flags", first({ IF: ["RFID_PLAIN"] }), last({ IF: ["RFID_NONE"] }), /flags of the identification/],
  ["another transaction id", first(), last({ TT: "0.30<=>tx-2" }), /transaction id \(TT\)/],
  ["a transaction id in one of them", first(), last({ TT: undefined }), /transaction id \(TT\)/],
  ["another charging point", first(), last({ CI: "DE*TST*E2" }), /charging point \(CI\)/],
  ["another cable", first({ LC: { LR: 5, LU: "mOhm" } }), last({ LC: { LR: 6, LU: "mOhm" } }), /loss compensation/],
  ["a record in between", first(), last({ PG: "T9" }), /is T9, but T8 follows/],
  ["the same pagination", first(), last({ PG: "T7" }), /is T7, but T8 follows/],
  ["no pagination", first({ PG: undefined }), last(), /no pagination/],
  ["fiscal records", first({ PG: "F7" }), last({ PG: "F8" }), /no pagination of a transaction/],
  ["another register", first(), last({}, { RI: "1-0:B2.8.0" }), /No reading is marked as begin/],
  ["another unit", first(), last({}, { RU: "Wh", RV: "32125" }), /Begin is in kWh and end in Wh/],
  ["a register that runs backwards", first(), last({}, { RV: "9.999" }), /runs backwards/],
  ["a clock that runs backwards", first(), last({}, { TM: "2026-01-10T07:59:00,000+0100 S" }), /time runs backwards/],
  ["an absolute end after a relative begin", first({}, { TM: "2026-01-10T08:00:00,000+0100 R" }), last(), /relative/],
  ["an error of the energy", first(), last({}, { EF: "E" }), /must not be used/],
  ["a status of manipulation", first(), last({}, { ST: "M" }), /has status M/],
  ["no status", first({}, { ST: undefined }), last({}, { ST: undefined }), /has no status/],
  ["a reset of the meter in between", first({}, { EI: 1 }), last({}, { EI: 2 }), /event counter/],
  ["no begin", first({}, { TX: "C" }), last(), /No reading is marked as begin/],
  ["no end", first(), last({}, { TX: "C" }), /No reading is marked as end/],
  ["the same record twice", first(), first(), /No reading is marked as end/],
  ["the records in the wrong order", last(), first(), /The record of the begin also has an end/],
  ["a whole session as begin", signed(), last(), /The record of the begin also has an end/],
  ["a whole session as end", first(), signed(payload([begin, end], { PG: "T8" })), /The record of the end also/],
  ["no record", first(), bytesOf("no record"), /^The record of the end: Not an OCMF record/],
  ["a duplicate key", first(), bytesOf(textOf(last()).replace("{", '{"PG":"T8",')), /The key PG is a duplicate/],
];

for (const [title, one, other, wanted] of refused) {
  Deno.test(`joinedSession does not join ${title}`, () => {
    const { session, problems } = joinedSession(one, other);
    assert.equal(session, undefined);
    assert.ok(problems.some((problem) => wanted.test(problem)), problems.join("\n"));
  });
}

/** A pair of a Bauer BSM, which was recorded while its meter reported an energy error. */
const [bauerBegin = "", bauerEnd = ""] = vectors.flatMap(({ id, ocmf }) =>
  id.startsWith("safe/20211007-device-with-evt-ocmf-sss-ses") ? [ocmf] : []
);

Deno.test("joinedSession does not join a real pair of a Bauer BSM with an energy error", () => {
  const { session, problems } = joinedSession(bytesOf(bauerBegin), bytesOf(bauerEnd));
  assert.equal(session, undefined);
  assert.deepEqual(problems.map((problem) => problem.replace(/:.*/, "")), [
    "Reading 1 has status E",
    "The energy of reading 1 must not be used",
    "Reading 2 has status E",
    "The energy of reading 2 must not be used",
  ]);
});

Deno.test("joinedSession joins the pair of a Bauer BSM without the error", () => {
  const without = (ocmf: string, value: string) =>
    bytesOf(ocmf.replace('"RV":0', `"RV":${value}`).replace('"EF":"Et","ST":"E"', '"EF":"","ST":"G"'));
  const { session, problems } = joinedSession(without(bauerBegin, "0"), without(bauerEnd, "1230"));
  assert.deepEqual(problems, []);
  assert.deepEqual(session, {
    beginAtMs: Date.UTC(2021, 9, 7, 13, 29, 55),
    endAtMs: Date.UTC(2021, 9, 7, 13, 38, 5),
    durationMs: 490_000,
    timeQuality: "S",
    registers: [
      { obis: "1-0:1.8.0*198", direction: "import", billed: true, beginWh: "0", endWh: "1230", energyWh: "1230" },
    ],
    energyWh: "1230",
    identification: { assigned: true, type: "UNDEFINED", data: "contract-id: rfid:12345678abcdef" },
    pagination: "T3",
    meterSerial: "001BZR1521070006",
  });
});

Deno.test("joinedSession joins no two real records of other makes", () => {
  const halves = vectors.filter(({ ocmf }) => /"TX"\s*:\s*"B"/.test(ocmf) !== /"TX"\s*:\s*"E"/.test(ocmf));
  assert.ok(halves.length >= 8);
  for (const one of halves) {
    for (const other of halves) {
      const { session } = joinedSession(bytesOf(one.ocmf), bytesOf(other.ocmf));
      assert.equal(session, undefined, `${one.id} and ${other.id}`);
    }
  }
});
