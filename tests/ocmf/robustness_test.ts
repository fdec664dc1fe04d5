import assert from "node:assert/strict";
import fc from "fast-check";
import {
  explainRecord,
  readRecords,
  recordFacts,
  verifyLiveMap,
  verifyRecord,
  verifyRecords,
} from "../../src/ocmf/mod.ts";
import { decimalText, isLess, parseDecimal, subtract } from "../../src/ocmf/decimal.ts";
import { parseJson } from "../../src/ocmf/json.ts";
import { splitRecord } from "../../src/ocmf/split.ts";
import { bytesOf, payload, signed, testPublicKey, textOf } from "./samples.ts";

const record = signed();

Deno.test("verifyRecord, explainRecord and recordFacts never throw, whatever the bytes are", () => {
  const jsonish = fc.array(
    fc.constantFrom("OCMF|", "{", "}", "|", '"', "\\", "[", ":", ",", '"RD"', '"SD"', "0", "\0"),
  );
  const inputs = fc.oneof(fc.uint8Array({ maxLength: 300 }), jsonish.map((parts) => bytesOf(parts.join(""))));
  fc.assert(fc.property(inputs, fc.option(fc.string(), { nil: undefined }), judgeAll));
});

Deno.test("verifyRecord never throws on a payload of any JSON", () => {
  const keys = fc.constantFrom(
    "PG",
    "RD",
    "TT",
    "MS",
    "IL",
    "IS",
    "TM",
    "TX",
    "RV",
    "RI",
    "RU",
    "ST",
    "CL",
    "EF",
    "SD",
  );
  const readings = fc.array(fc.dictionary(keys, fc.jsonValue()), { maxLength: 3 });
  fc.assert(fc.property(fc.dictionary(keys, fc.oneof(fc.jsonValue(), readings)), fc.jsonValue(), (fields, sd) => {
    judgeAll(bytesOf(`OCMF|${JSON.stringify(fields)}|${JSON.stringify({ SD: sd })}`), testPublicKey);
  }));
});

Deno.test("verifyRecord survives nesting that would exhaust the stack", () => {
  judgeAll(bytesOf(`OCMF|{"RD":${"[".repeat(100_000)}${"]".repeat(100_000)}}|{"SD":"00"}`), testPublicKey);
});

Deno.test("verifyRecord never finds a record valid in which a byte of the payload was changed", () => {
  const { payload: signedBytes } = splitRecord(record);
  const positions = fc.integer({ min: 0, max: signedBytes.length - 1 });
  fc.assert(fc.property(positions, fc.integer({ min: 1, max: 255 }), (position, change) => {
    const changed = record.slice();
    const index = signedBytes.byteOffset - record.byteOffset + position;
    changed[index] = (changed[index] ?? 0) ^ change;
    const { signature } = verifyRecord(changed, testPublicKey);
    assert.ok(signature === "invalid" || signature === "malformed", signature);
  }));
});

Deno.test("verifyRecord never finds a record valid in which r or s was changed", () => {
  const text = textOf(record);
  const start = text.indexOf('"SD":"') + 6 + 8;
  fc.assert(
    fc.property(fc.integer({ min: start, max: start + 60 }), fc.constantFrom(..."0123456789ABCDEF"), (at, digit) => {
      fc.pre(text[at] !== digit);
      assert.notEqual(
        verifyRecord(bytesOf(text.slice(0, at) + digit + text.slice(at + 1)), testPublicKey).signature,
        "valid",
      );
    }),
  );
});

Deno.test("splitRecord gives back the payload of any texts, separators and quotes included", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string(), (tariff, id) => {
    const text = payload(undefined, { TT: tariff, ID: id });
    const sections = splitRecord(bytesOf(`OCMF|${text}|{"SD":"00"}`));
    assert.equal(textOf(sections.payload), textOf(bytesOf(text)));
  }));
});

Deno.test("recordFacts finds the transaction id behind the last mark, whatever the tariff text is", () => {
  const ids = fc.stringMatching(/^[A-Za-z0-9*_=:+@./#-]{1,64}$/);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), ids, (tariff, id) => {
      const facts = recordFacts(signed(payload(undefined, { TT: `${tariff}<=>${id}` })));
      assert.equal(facts.transactionId, id);
    }),
    { numRuns: 25 },
  );
});

Deno.test("parseJson agrees with JSON.parse on what is JSON", () => {
  const texts = fc.oneof(
    fc.json(),
    fc.string({ unit: fc.constantFrom(...'{}[]":,\\u0019.eE+-tfn \n') }),
  );
  fc.assert(
    fc.property(texts, (text) => assert.equal(succeeds(() => parseJson(text)), succeeds(() => JSON.parse(text)))),
  );
});

Deno.test("parseDecimal, isLess and subtract are exact", () => {
  const digits = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
  fc.assert(fc.property(digits, digits, fc.integer({ min: 0, max: 12 }), (left, right, places) => {
    const one = parseDecimal(`${left}e-${places}`);
    const other = parseDecimal(`${right}e-${places}`);
    assert.ok(one !== undefined && other !== undefined);
    assert.equal(isLess(one, other), left < right);
    assert.equal(subtract(one, other).digits, left - right);
    const again = parseDecimal(decimalText(one));
    assert.ok(again !== undefined && subtract(again, one).digits === 0n);
  }));
});

Deno.test("readRecords and verifyRecords never throw, whatever the file holds", () => {
  const pieces = fc.array(fc.constantFrom(
    ...[
      "<values>",
      "<value>",
      "</value>",
      "<signedData format='OCMF'>",
      "</signedData>",
      "OCMF|",
      "{}|",
      '{"ocmf":',
      '""',
    ],
    ...["<![CDATA[", "]]>", "&lt;", "&#x41;", "&#9999999;", "<!--", "-->", "<?xml?>", "\n", "}", "[", "]", '"'],
  ));
  const files = fc.oneof(fc.uint8Array({ maxLength: 200 }), pieces.map((parts) => bytesOf(parts.join(""))));
  fc.assert(fc.property(files, (file) => void verifyRecords(readRecords(file))));
});

function judgeAll(bytes: Uint8Array, key: string | undefined): void {
  const verification = verifyRecord(bytes, key, {
    pinnedKey: "x",
    transactionId: "t",
    serialNumber: "s",
    lastPagination: 1,
  });
  assert.notEqual(verification.signature, "valid");
  explainRecord(bytes, verification);
  recordFacts(bytes);
  verifyLiveMap(textOf(bytes), textOf(bytes), key ?? "");
}

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
