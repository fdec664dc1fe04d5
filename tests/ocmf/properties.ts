import assert from "node:assert/strict";
import fc from "fast-check";
import { ocmfResultSchema, sessionField } from "../../src/contract/mod.ts";
import { decimalText, isLess, parseDecimal, subtract } from "../../src/ocmf/decimal.ts";
import { parseJson } from "../../src/ocmf/json.ts";
import {
  joinedSession,
  readRecords,
  recordFacts,
  sessionOf,
  verifyRecord,
  verifyRecords,
  xmlContainer,
  xmlValue,
} from "../../src/ocmf/mod.ts";
import { splitRecord } from "../../src/ocmf/split.ts";
import { codePoint } from "../fuzz/code_point.ts";
import { type Property, property } from "../fuzz/property.ts";
import { judgeAll } from "./judge_all.ts";
import { begin, bytesOf, end, payload, type ReadingMembers, signed, testPublicKey, textOf } from "./samples.ts";

const record = signed();
const recordText = textOf(record);
const signedBytes = splitRecord(record).payload;
/** Offset of r in the DER structure. */
const firstDigit = recordText.indexOf('"SD":"') + 6 + 8;

const jsonish = fc.array(fc.constantFrom("OCMF|", "{", "}", "|", '"', "\\", "[", ":", ",", '"RD"', '"SD"', "0", "\0"));
const keys = fc.constantFrom(
  ...["PG", "RD", "TT", "MS", "IL", "IS", "TM", "TX", "RV", "RI", "RU", "ST", "CL", "EF", "SD"],
);
const readings = fc.array(fc.dictionary(keys, fc.jsonValue()), { maxLength: 3 });
const plausibleReadings = fc.array(
  fc.record({
    TM: fc.constantFrom(
      "2026-01-10T08:00:00,000+0100 S",
      "0000-01-01T00:00:00,5+9959 R",
      "9999-12-31T24:00:60Z U",
      "x",
    ),
    TX: fc.constantFrom("B", "C", "E", "X", "T", "P", "b"),
    RV: fc.constantFrom("-1.50", " 0010.000", 7, 1e21, "1E-7", "-0", "1e400", "n/a", ""),
    RI: fc.constantFrom("1-b:1.8.0", "01-00:98.08.00.FF", "1-0:C2.8.0", "1-0:1.9.0", "RI", ""),
    RU: fc.constantFrom("kWh", "Wh", "mOhm", "kwh"),
    CL: fc.constantFrom(0.25, "-1", "?"),
    ST: fc.constantFrom("G", "M"),
    EF: fc.constantFrom("", "E", "t"),
  }, { requiredKeys: [] }),
  { maxLength: 6 },
);
const digits = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
const filePieces = fc.array(fc.constantFrom(
  ...["<values>", "<value>", "</value>", "<signedData format='OCMF'>", "</signedData>", "OCMF|", "{}|", '{"ocmf":'],
  ...['""', "<![CDATA[", "]]>", "&lt;", "&#x41;", "&#9999999;", "<!--", "-->", "<?xml?>", "\n", "}", "[", "]", '"'],
));
const anyRecord = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 60 }),
  fc.string({ unit: codePoint }).map((text) => bytesOf(`OCMF|${text}`)),
  fc.string({ unit: fc.constantFrom("&", "<", "\r", "\n", " ", ";", "#", "]", "x", "|") })
    .map((text) => bytesOf(`OCMF|${text}`)),
);

/** Properties of every record and every file of records. */
export const ocmfProperties: readonly Property[] = [
  property(
    {
      name: "ocmf-bytes",
      title: "verifyRecord, explainRecord, recordFacts, sessionOf and toOcppRecord never throw, for any bytes",
      runs: 100,
    },
    [
      fc.oneof(fc.uint8Array({ maxLength: 300 }), jsonish.map((parts) => bytesOf(parts.join("")))),
      fc.option(fc.string(), { nil: undefined }),
    ],
    judgeAll,
  ),
  property(
    { name: "ocmf-json", title: "verifyRecord never throws for any JSON payload", runs: 100 },
    [fc.dictionary(keys, fc.oneof(fc.jsonValue(), readings)), fc.jsonValue()],
    (fields, sd) => judgeAll(bytesOf(`OCMF|${JSON.stringify(fields)}|${JSON.stringify({ SD: sd })}`), testPublicKey),
  ),
  property(
    {
      name: "ocmf-changed-payload",
      title: "verifyRecord rejects every change of a byte of the payload",
      runs: 100,
    },
    [fc.integer({ min: 0, max: signedBytes.length - 1 }), fc.integer({ min: 1, max: 255 })],
    (position, change) => {
      const changed = record.slice();
      const index = signedBytes.byteOffset - record.byteOffset + position;
      changed[index] = (changed[index] ?? 0) ^ change;
      const { signature } = verifyRecord(changed, testPublicKey);
      assert.ok(signature === "invalid" || signature === "malformed", signature);
    },
  ),
  property(
    {
      name: "ocmf-changed-signature",
      title: "verifyRecord rejects every change of r or s",
      runs: 100,
    },
    [fc.integer({ min: firstDigit, max: firstDigit + 60 }), fc.constantFrom(..."0123456789ABCDEF")],
    (at, digit) => {
      fc.pre(recordText[at] !== digit);
      const changed = bytesOf(recordText.slice(0, at) + digit + recordText.slice(at + 1));
      assert.notEqual(verifyRecord(changed, testPublicKey).signature, "valid");
    },
  ),
  property(
    {
      name: "ocmf-split",
      title: "splitRecord returns the payload for any texts, including separators and quotes",
      runs: 100,
    },
    [fc.string({ unit: codePoint }), fc.string()],
    (tariff, id) => {
      const text = payload(undefined, { TT: tariff, ID: id });
      const sections = splitRecord(bytesOf(`OCMF|${text}|{"SD":"00"}`));
      assert.equal(textOf(sections.payload), textOf(bytesOf(text)));
    },
  ),
  property(
    {
      name: "ocmf-transaction-id",
      title: "recordFacts finds the transaction id after the last mark of any tariff text",
      runs: 25,
    },
    [fc.string({ unit: "grapheme" }), fc.stringMatching(/^[A-Za-z0-9*_=:+@./#-]{1,64}$/)],
    (tariff, id) => {
      const facts = recordFacts(signed(payload(undefined, { TT: `${tariff}<=>${id}` })));
      assert.equal(facts.transactionId, id);
    },
  ),
  property(
    { name: "ocmf-parse-json", title: "parseJson accepts the same texts as JSON.parse", runs: 100 },
    [fc.oneof(fc.json(), fc.string({ unit: fc.constantFrom(...'{}[]":,\\u0019.eE+-tfn \n') }))],
    (text) => assert.equal(succeeds(() => parseJson(text)), succeeds(() => JSON.parse(text))),
  ),
  property(
    { name: "ocmf-decimal", title: "parseDecimal, isLess and subtract are exact", runs: 100 },
    [digits, digits, fc.integer({ min: 0, max: 12 })],
    (left, right, places) => {
      const one = parseDecimal(`${left}e-${places}`);
      const other = parseDecimal(`${right}e-${places}`);
      assert.ok(one !== undefined && other !== undefined);
      assert.equal(isLess(one, other), left < right);
      assert.equal(subtract(one, other).digits, left - right);
      const again = parseDecimal(decimalText(one));
      assert.ok(again !== undefined && subtract(again, one).digits === 0n);
    },
  ),
  property(
    { name: "ocmf-session-energy", title: "sessionOf subtracts exactly, in kWh and in Wh", runs: 100 },
    [fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.boolean()],
    (first, added, isKwh) => {
      // Three decimal places of a kWh are a whole Wh
      const value = (wh: bigint) => isKwh ? String(wh).padStart(4, "0").replace(/(?=...$)/, ".") : String(wh);
      const unit = { RU: isKwh ? "kWh" : "Wh" };
      const readings = [{ ...begin, ...unit, RV: value(first) }, { ...end, ...unit, RV: value(first + added) }];
      const session = sessionOf(bytesOf(`OCMF|${payload(readings)}|{"SD":"00"}`));
      assert.equal(session?.energyWh, String(added));
      assert.equal(session?.registers[0]?.endWh, String(first + added));
    },
  ),
  property(
    { name: "ocmf-joined-session", title: "joinedSession has the session of one record with both readings", runs: 100 },
    [fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(2 ** 32 - 1)],
    (first, added, pagination) => {
      const [from, to] = [{ ...begin, RV: String(first) }, { ...end, RV: String(first + added) }];
      const record = (readings: readonly ReadingMembers[], number: number) =>
        bytesOf(`OCMF|${payload(readings, { PG: `T${number}` })}|{"SD":"00"}`);
      const { session } = joinedSession(record([from], pagination), record([to], (pagination + 1) % 2 ** 32));
      assert.deepEqual(session, sessionOf(record([from, to], (pagination + 1) % 2 ** 32)));
    },
  ),
  property(
    { name: "ocmf-joined-files", title: "joinedSession never throws, and has a session or reasons", runs: 100 },
    [anyRecord, fc.oneof(plausibleReadings, readings)],
    (file, rd) => {
      const other = bytesOf(`OCMF|${payload(rd as ReadingMembers[])}|{"SD":"00"}`);
      for (const [one, two] of [[file, other], [other, file], [other, other]] as const) {
        const { session, problems } = joinedSession(one, two);
        assert.ok(session !== undefined || problems.length > 0);
      }
    },
  ),
  property(
    { name: "ocmf-session-schema", title: "each session fits the published schema", runs: 100 },
    [fc.dictionary(keys, fc.jsonValue()), fc.oneof(plausibleReadings, readings)],
    (fields, rd) => {
      const { session } = sessionField(bytesOf(`OCMF|${JSON.stringify({ ...fields, RD: rd })}|{"SD":"00"}`));
      assert.deepEqual(ocmfResultSchema.shape.session.parse(session), session);
      assert.equal(session?.derived, true);
    },
  ),
  property(
    { name: "ocmf-file", title: "readRecords and verifyRecords never throw, for any file", runs: 100 },
    [fc.oneof(fc.uint8Array({ maxLength: 200 }), filePieces.map((parts) => bytesOf(parts.join(""))))],
    (file) => void verifyRecords(readRecords(file)),
  ),
  property(
    { name: "ocmf-xml", title: "xmlValue and readRecords preserve every record byte for byte", runs: 100 },
    [fc.array(anyRecord, { minLength: 1, maxLength: 4 })],
    (records) => {
      const values = records.map((record, index) => xmlValue(index, record, ""));
      const inputs = readRecords(bytesOf(xmlContainer.begin + values.join("") + xmlContainer.end));
      assert.deepEqual(inputs.map(({ ocmf }) => [...ocmf]), records.map((record) => [...record]));
    },
  ),
];

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
