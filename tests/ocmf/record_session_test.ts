import assert from "node:assert/strict";
import { type RecordSession, sessionOf } from "../../src/ocmf/mod.ts";
import { begin, bytesOf, end, payload, signed } from "./samples.ts";
import vectors from "./vectors.json" with { type: "json" };

const records = new Map(vectors.map(({ id, ocmf }) => [id, ocmf]));

Deno.test("sessionOf derives a complete session", () => {
  const fields = { IL: "TRUSTED", IF: ["RFID_PLAIN", "OCPP_AUTH"], IT: "ISO14443", ID: "1F2D3A4F" };
  assert.deepEqual(sessionOf(signed(payload(undefined, fields))), {
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
    identification: {
      assigned: true,
      type: "ISO14443",
      level: "TRUSTED",
      flags: ["RFID_PLAIN", "OCPP_AUTH"],
      data: "1F2D3A4F",
    },
    tariffText: "0.30",
    pagination: "T7",
    meterSerial: "TEST0000001",
  });
});

Deno.test("sessionOf derives sessions from real records of other makes", () => {
  const compensated = sessionOf(real("safe/Ocmf_Example_OBIS_98.8.0_2.8.0#1"));
  assert.deepEqual(compensated?.registers, [
    { obis: "1-0:98.8.0.FF", direction: "import", billed: true, beginWh: "0", endWh: "1000", energyWh: "1000" },
    { obis: "1-0:2.8.0.FF", direction: "export", billed: false, beginWh: "1000", endWh: "2000", energyWh: "1000" },
  ], "a compensated register is billed, the others are informative");
  assert.equal(compensated?.energyWh, "1000");

  const wattHours = sessionOf(real("safe/ocmf-compleo-daten#1"));
  assert.deepEqual([wattHours?.energyWh, wattHours?.registers[0]?.endWh], ["268", "2851753"]);
  assert.deepEqual([wattHours?.durationMs, wattHours?.timeQuality], [288_000, "I"]);

  const keba = sessionOf(real("safe/test_ocmf_keba_kcp30_fail#1"));
  assert.deepEqual(keba?.registers, [
    { obis: "1-b:1.8.0", direction: "import", billed: true, beginWh: "259.6", endWh: "259.7", energyWh: "0.1" },
  ]);
  assert.deepEqual([keba?.timeQuality, keba?.meterSerial], ["R", "17619300"], "GS is the only serial number");

  const power = sessionOf(real("safe/keba_test_txn#99"));
  assert.deepEqual(power?.registers.map(({ obis }) => obis), ["1-b:1.8.0"], "1-b:1.9.0 counts no energy");
  assert.deepEqual(power?.identification, {
    assigned: true,
    type: "ISO14443",
    level: "HEARSAY",
    flags: ["RFID_PLAIN", "OCPP_AUTH"],
    data: "heri",
  });

  const quoted = sessionOf(real("safe/chargepoint_3#1"));
  assert.deepEqual([quoted?.energyWh, quoted?.chargingPointType], ["1304", "0"]);

  const named = sessionOf(real("ocmf-js/basic-brainpool384r1"));
  assert.deepEqual(named?.registers, [
    { obis: "1-b", billed: true, beginWh: "2107.20", endWh: "10101.08", energyWh: "7993.88" },
  ], "digits stay, and a name that is not an OBIS code has no direction");

  const old = sessionOf(real("safe/java-ABL_TEST_DATA_MOD"));
  assert.equal(old?.identification?.level, "VERIFIED", "versions up to 0.4 have the level in IS");
});

Deno.test("sessionOf derives the session of a LEM DCBM, whose export register carries TX and TM forward", () => {
  const session = sessionOf(bytesOf(
    `OCMF|{"FV":"1.0","GI":"LEM DCBM","GS":"1211751603","GV":"v1","PG":"T144","MV":"LEM","MS":"1211751603",` +
      `"IS":true,"IL":"HEARSAY","IF":["RFID_RELATED","OCPP_AUTH_TLS"],"IT":"ISO14443","CT":"EVSEID","CI":"458877",` +
      `"RD":[{"TM":"2021-10-06T13:13:56,000+0200 R","TX":"B","RV":57.584,"RI":"1-0:1.8.0","RU":"kWh","RT":"DC","EF":"",` +
      `"ST":"G","UC":{"UN":"No_Comp","UI":2,"UR":0}},{"RV":4.405,"RI":"1-0:2.8.0","RU":"kWh","ST":"G"},` +
      `{"TM":"2021-10-06T13:15:13,000+0200 R","TX":"E","RV":58.685,"RI":"1-0:1.8.0","RU":"kWh","ST":"G"},` +
      `{"RV":4.405,"RI":"1-0:2.8.0","RU":"kWh","ST":"G"}]}|{"SA":"ECDSA-secp256r1-SHA256","SD":"00"}`,
  ));
  assert.deepEqual(session?.registers, [
    { obis: "1-0:1.8.0", direction: "import", billed: true, beginWh: "57584", endWh: "58685", energyWh: "1101" },
    { obis: "1-0:2.8.0", direction: "export", billed: false, beginWh: "4405", endWh: "4405", energyWh: "0" },
  ]);
  assert.deepEqual([session?.energyWh, session?.durationMs, session?.timeQuality], ["1101", 77_000, "R"]);
});

Deno.test("sessionOf derives the session of a Zaptec Pro, which signs each change of the tariff", () => {
  const session = sessionOf(bytesOf(
    `OCMF|{"FV":"1.0","GI":"Zaptec Pro MID","GS":"ZPR294591","GV":"5.0.7.2","PG":"T1","MF":"v1.3.6","IS":false,"RD":[` +
      `{"TM":"2025-06-07T09:20:55,943+00:00 R","TX":"B","RV":0.842,"RI":"1-0:1.8.0","RU":"kWh","ST":"G"},` +
      `{"TM":"2025-06-07T09:30:01,007+00:00 R","TX":"T","RV":1.351,"RI":"1-0:1.8.0","ST":"G"},` +
      `{"TM":"2025-06-07T09:45:00,584+00:00 R","TX":"T","RV":2.234,"RI":"1-0:1.8.0","ST":"G"},` +
      `{"TM":"2025-06-07T16:46:56,864+00:00 R","TX":"E","RV":3.369,"RI":"1-0:1.8.0","ST":"G"}]}` +
      `|{"SA":"ECDSA-secp384r1-SHA256","SE":"base64","SD":"MAA="}`,
  ));
  assert.deepEqual(session, {
    beginAtMs: Date.UTC(2025, 5, 7, 9, 20, 55, 943),
    endAtMs: Date.UTC(2025, 5, 7, 16, 46, 56, 864),
    durationMs: 26_760_921,
    timeQuality: "R",
    registers: [
      { obis: "1-0:1.8.0", direction: "import", billed: true, beginWh: "842", endWh: "3369", energyWh: "2527" },
    ],
    energyWh: "2527",
    identification: { assigned: false },
    pagination: "T1",
    meterSerial: "ZPR294591",
  });
});

Deno.test("sessionOf derives no energy from a record of one half of a session", () => {
  const [first, second, charged, invalid] = [
    ...["safe/ocmf_sec#1", "safe/second_key_fail_ocmf#2", "safe/signature_16955306_ALL#1"],
    "safe/test_ocmf_transaction_two_values#2",
  ].map((id) => sessionOf(real(id)));
  assert.deepEqual(first?.registers, [
    { obis: "01-00:01.08.00.FF", direction: "import", billed: true, beginWh: "3988" },
  ]);
  assert.deepEqual([first?.beginAtMs, first?.endAtMs], [Date.UTC(2021, 6, 20, 15, 37, 52), undefined]);
  assert.deepEqual(second?.registers, [
    { obis: "01-00:01.08.00.FF", direction: "import", billed: true, endWh: "49440" },
  ]);
  for (const session of [first, second, charged, invalid]) {
    assert.deepEqual([session?.energyWh, session?.durationMs], [undefined, undefined]);
  }
});

const qualities: [string, string, RecordSession["timeQuality"]][] = [
  ["S", "S", "S"],
  ["S", "I", "I"],
  ["I", "S", "I"],
  ["U", "S", "U"],
  ["U", "R", "R"],
  ["R", "R", "R"],
  ["R", "S", undefined],
  ["", "S", undefined],
];

Deno.test("sessionOf has the quality of both times", () => {
  for (const [first, last, wanted] of qualities) {
    const readings = [
      { ...begin, TM: `2026-01-10T08:00:00,000+0100 ${first}` },
      { ...end, TM: `2026-01-10T08:00:10,250+0100 ${last}` },
    ];
    const session = sessionOf(signed(payload(readings)));
    assert.deepEqual([session?.timeQuality, session?.durationMs], [wanted, 10_250], `${first} ${last}`);
  }
});

Deno.test("sessionOf uses the zone of each time, and has no negative duration", () => {
  const until = (time: string) => sessionOf(signed(payload([begin, { ...end, TM: time }])));
  assert.equal(until("2026-01-10T07:30:00,000+0000 S")?.durationMs, 1_800_000);
  const backwards = until("2026-01-10T07:59:59,000+0100 S");
  assert.deepEqual([backwards?.durationMs, backwards?.energyWh], [undefined, "22125"]);
  assert.equal(until("yesterday")?.endAtMs, undefined);
  assert.equal(until("0000-01-01T00:00:00,000+0100 S")?.endAtMs, undefined);
  assert.equal(until("9999-12-31T23:59:59,000-0100 S")?.endAtMs, undefined);
});

Deno.test("sessionOf omits what the record does not state", () => {
  const empty = { PG: "7", MS: "", IS: undefined, IL: undefined, IF: undefined, IT: undefined };
  const session = sessionOf(signed(payload([], { ...empty, TT: "<=>", CT: undefined, CI: " " })));
  assert.deepEqual(session, { registers: [] });
  const fiscal = sessionOf(signed(payload([{ ...begin, TX: undefined }], { PG: "F3" })));
  assert.deepEqual([fiscal?.pagination, fiscal?.registers, fiscal?.beginAtMs], ["F3", [], undefined]);
});

Deno.test("sessionOf ignores keys that are duplicates", () => {
  const twice = (member: string) => sessionOf(bytesOf(`OCMF|${payload().replace(/^\{/, `{${member},`)}|{"SD":"00"}`));
  assert.equal(twice('"ID":"other"')?.identification?.data, undefined);
  assert.equal(twice('"CI":"other"')?.evseId, undefined);
  assert.equal(twice('"CI":"other"')?.energyWh, "22125");
  const ambiguous = twice('"RD":[]');
  assert.deepEqual([ambiguous?.registers, ambiguous?.beginAtMs, ambiguous?.pagination], [[], undefined, "T7"]);
});

Deno.test("sessionOf derives nothing from a text that is not a record", () => {
  for (const text of ["", "no record", "OCMF|{}|{}", real("safe/java-INVALID_FORMAT_1")]) {
    assert.equal(sessionOf(typeof text === "string" ? bytesOf(text) : text), undefined);
  }
});

function real(id: string): Uint8Array {
  return bytesOf(records.get(id) ?? assert.fail(id));
}
