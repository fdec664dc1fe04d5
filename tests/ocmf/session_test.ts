import assert from "node:assert/strict";
import { type Expected, type Verification, verifyRecord } from "../../src/ocmf/mod.ts";
import { begin, end, payload, type ReadingMembers, signed, testPublicKey } from "./samples.ts";

/** Title, changed readings, expected verdict, text of the problem. */
type ReadingCase = [string, ReadingMembers[], Verification["session"], RegExp?];

const at = (time: string): ReadingMembers => ({ ...begin, TM: time });

const readingCases: ReadingCase[] = [
  ["begin and end", [begin, end], "ok"],
  ["begin, charging, tariff change, suspension and end", [
    begin,
    { ...begin, TX: "C" },
    { ...begin, TX: "T" },
    { ...begin, TX: "S" },
    end,
  ], "ok"],
  ...["L", "R", "A"].map((tx): ReadingCase => [`the end ${tx}`, [begin, { ...end, TX: tx }], "ok"]),
  ["the end P, with a remark", [begin, { ...end, TX: "P" }], "ok", /after a power loss \(TX P\)/],
  ["nothing charged in no time", [begin, { ...begin, TX: "E" }], "ok"],
  ["only a begin", [begin], "unknown", /end/],
  ["only an end", [end], "unknown", /begin/],
  ["no readings", [], "unknown", /no readings/],
  ["fiscal readings", [{ ...begin, TX: undefined }], "unknown", /no transaction/],
  ["begin and charging without an end", [begin, { ...end, TX: "C" }], "violated", /No reading is marked as end/],
  ["charging and an end without begin", [{ ...begin, TX: "C" }, end], "violated", /No reading is marked as begin/],
  ["two begins", [begin, begin, end], "violated", /More than one reading is marked as begin/],
  ["two ends", [begin, end, end], "violated", /More than one reading is marked as end/],
  ["end before begin", [{ ...begin, TX: "E" }, { ...end, TX: "B" }], "violated", /first reading/],
  ["charging after the end", [begin, end, { ...end, TX: "C" }], "violated", /last reading/],
  ["an exception", [begin, { ...begin, TX: "X" }, end], "violated", /exception/],
  ["a bad status at the begin", [{ ...begin, ST: "T" }, { ...end, ST: "G" }], "violated", /status T/],
  ["a bad status in between", [begin, { ...begin, TX: "C", ST: "M" }, end], "violated", /manipulation/],
  [
    "a bad status that is carried forward",
    [{ ...begin, ST: "S" }, { ...end, ST: undefined }],
    "violated",
    /substitute/,
  ],
  ["no status", [{ ...begin, ST: undefined }, { ...end, ST: undefined }], "unknown", /no status/],
  ["an energy error", [begin, { ...end, EF: "tE" }], "violated", /error flags/],
  ["a time error", [begin, { ...end, EF: "t" }], "ok"],
  ["a register that runs backwards", [begin, { ...end, RV: "9.999" }], "violated", /runs backwards: 10.000/],
  ["a register that dips in between", [begin, { ...end, TX: "C" }, { ...end, RV: "20" }], "violated", /backwards/],
  ["time that runs backwards", [begin, { ...end, TM: "2026-01-10T07:59:59,999+0100 S" }], "violated", /time runs/],
  ["time in another zone", [begin, { ...end, TM: "2026-01-10T07:30:00,000+0000 S" }], "ok"],
  ["time that runs backwards across zones", [begin, { ...end, TM: "2026-01-10T08:30:00,000+0200 S" }], "violated"],
  ["a time that cannot be read", [begin, { ...end, TM: "yesterday" }], "violated", /cannot be read/],
  ["a day that does not exist", [begin, { ...end, TM: "2026-13-41T08:30:00,000+0100 S" }], "violated", /cannot/],
  [
    "a time without its flag, with a remark",
    [{ ...begin, TM: "2026-01-10T08:00:00,000+0100" }, end],
    "ok",
    /no time flag/,
  ],
  ["an unsynchronised begin, with a remark", [at("2026-01-10T08:00:00,000+0100 U"), end], "ok", /1 has time flag U/],
  [
    "an informative end, with a remark",
    [begin, { ...end, TM: "2026-01-10T09:30:00,000+0100 I" }],
    "ok",
    /2 has time flag I/,
  ],
  [
    "a begin in 1970, with a remark",
    [at("1970-01-01T01:00:13,000+0100 S"), end],
    "ok",
    /before 2015.*; .*lasts 20463 days/,
  ],
  [
    "the last second of 2014, with a remark",
    [
      at("2014-12-31T23:59:59,000+0000 S"),
      { ...end, TM: "2015-01-01T08:00:00,000+0000 S" },
    ],
    "ok",
    /before 2015/,
  ],
  ["the first second of 2015", [
    at("2015-01-01T00:00:00,000+0000 S"),
    { ...end, TM: "2015-01-01T08:00:00,000+0000 S" },
  ], "ok"],
  ["30 days", [at("2026-01-10T08:00:00,000+0000 S"), { ...end, TM: "2026-02-09T08:00:00,000+0000 S" }], "ok"],
  [
    "a second more than 30 days, with a remark",
    [
      at("2026-01-10T08:00:00,000+0000 S"),
      { ...end, TM: "2026-02-09T08:00:01,000+0000 S" },
    ],
    "ok",
    /lasts 30 days/,
  ],
  ["relative, then absolute time", [{ ...begin, TM: "2026-01-10T08:00:00,000+0100 R" }, end], "violated", /relative/],
  [
    "unsynchronised, then relative time",
    [
      { ...begin, TM: "1970-01-01T01:00:13,000+0100 U" },
      { ...end, TM: "1970-01-01T01:01:40,000+0100 R" },
    ],
    "ok",
    /flag U.*before 2015/,
  ],
  ["a value that is not a number", [begin, { ...end, RV: "many" }], "violated", /not a number/],
  ["no value at the end", [begin, { ...end, RV: undefined }], "unknown", /no value/],
  ["padded and exponential values", [{ ...begin, RV: "      48.542" }, { ...end, RV: "1.606848e7" }], "ok"],
  ["a smaller exponential value", [{ ...begin, RV: "16068481" }, { ...end, RV: "1.606848e7" }], "violated"],
  [
    "values beyond what floats hold",
    [
      { ...begin, RV: "9007199254740993" },
      { ...end, RV: "9007199254740992" },
    ],
    "violated",
    /backwards/,
  ],
  ["values that differ in the last digit only", [
    { ...begin, RV: "123456789012345678.001" },
    { ...end, RV: "123456789012345678.002" },
  ], "ok"],
  ["other units", [begin, { ...end, RU: "Wh", RV: "32125" }], "violated", /kWh/],
  ["fields that are carried forward", [begin, { TM: end["TM"], TX: "E", RV: "32.125" }], "ok"],
  ["readings of a second register that are carried forward", [
    begin,
    { RV: "4.405", RI: "1-0:2.8.0" },
    end,
    { RV: "4.405", RI: "1-0:2.8.0" },
  ], "ok"],
  ["a power register that falls", [begin, { RV: "22", RI: "1-0:1.7.0", RU: "kW" }, end, {
    RV: "0",
    RI: "1-0:1.7.0",
    RU: "kW",
  }], "ok"],
  ["a compensated register beside a broken one", [
    { ...begin, RI: "1-0:98.8.0.FF" },
    { ...begin, RI: "1-0:1.8.0", RV: "99" },
    { ...end, RI: "1-0:98.8.0.FF" },
    { ...end, RI: "1-0:1.8.0", RV: "1" },
  ], "ok"],
  ["a loss that falls", [{ ...begin, CL: 0.5 }, { ...end, CL: 0.4 }], "violated", /smaller loss/],
  ["a loss that grows", [{ ...begin, CL: 0 }, { ...end, CL: 0.4 }], "ok"],
  ["an increased event counter", [{ ...begin, EI: 5 }, { ...end, EI: 6 }], "violated", /event counter/],
];

for (const [title, readings, session, problem] of readingCases) {
  Deno.test(`verifyRecord reports the session as ${session} with ${title}`, () => {
    expectSession(payload(readings), {}, session, problem);
  });
}

/** Title, changed fields, expectations, verdict, text of the problem. */
type FieldCase = [string, ReadingMembers, Expected, Verification["session"], RegExp?];

const fieldCases: FieldCase[] = [
  ["the next pagination", {}, { lastPagination: 6 }, "ok"],
  ["the same pagination again", {}, { lastPagination: 7 }, "violated", /T7, but T8 is expected: it is repeated/],
  ["a decreasing pagination", {}, { lastPagination: 9 }, "violated", /T7, but T10 is expected: it is decreasing/],
  [
    "a gap in the pagination, with a remark",
    {},
    { lastPagination: 5 },
    "ok",
    /T7, but T6 is expected: records are missing/,
  ],
  ["a pagination that starts over", { PG: "T0" }, { lastPagination: 4294967295 }, "ok"],
  ["no pagination", { PG: undefined }, {}, "unknown", /no pagination/],
  ["another pagination letter", { PG: "X7" }, {}, "violated", /pagination X7/],
  ["a fiscal pagination", { PG: "F7" }, { lastPagination: 3 }, "unknown", /fiscal/],
  ["the expected transaction", {}, { transactionId: "tx-1" }, "ok"],
  ["another transaction", {}, { transactionId: "tx-2" }, "violated", /tx-1, not to tx-2/],
  ["no transaction id", { TT: "0.30" }, { transactionId: "tx-2" }, "violated", /\(none\)/],
  ["the expected meter", {}, { serialNumber: "TEST0000001" }, "ok"],
  ["another meter", {}, { serialNumber: "TEST0000002" }, "violated", /TEST0000001, not to TEST0000002/],
  ["the gateway's serial number only", { MS: undefined, GS: "G1" }, { serialNumber: "G1" }, "ok"],
  ["no serial number", { MS: undefined }, { serialNumber: "G1" }, "unknown", /serial number/],
  ...["MISMATCH", "INVALID", "OUTDATED", "UNKNOWN"].map((level): FieldCase => [
    `the level ${level}`,
    { IL: level },
    {},
    "violated",
    new RegExp(level),
  ]),
  ["a failed level where versions up to 0.4 have it", { FV: "0.1", IL: undefined, IS: "MISMATCH" }, {}, "violated"],
];

for (const [title, fields, expected, session, problem] of fieldCases) {
  Deno.test(`verifyRecord reports the session as ${session} with ${title}`, () => {
    expectSession(payload(undefined, fields), expected, session, problem);
  });
}

Deno.test("verifyRecord reports a session with a duplicate key as violated", () => {
  expectSession(payload().replace('"MS"', '"MS":"OTHER","MS"'), {}, "violated", /MS is a duplicate/);
  expectSession(payload().replace('"RV":"32.125"', '"RV":"99.9","RV":"32.125"'), {}, "violated", /RV is a duplicate/);
});

Deno.test("verifyRecord reports a session with an invalid element of RD as violated", () => {
  expectSession(payload().replace('"RD":[', '"RD":[7,'), {}, "violated", /not a reading/);
});

function expectSession(text: string, expected: Expected, session: Verification["session"], problem?: RegExp): void {
  const verification = verifyRecord(signed(text), testPublicKey, expected);
  const problems = verification.problems.join("; ");
  assert.equal(verification.signature, "valid");
  assert.equal(verification.session, session, problems);
  if (session === "ok" && problem === undefined) assert.deepEqual(verification.problems, []);
  else assert.match(problems, problem ?? /./);
}
