import assert from "node:assert/strict";
import { explainRecord, readRecords, recordFacts, verifyRecord, verifyRecords } from "../../src/ocmf/mod.ts";
import { threadTimeMs } from "../support/thread_time.ts";
import { bytesOf, signed, testPublicKey, textOf } from "./samples.ts";

const size = 300_000;
/** For this size, quadratic work takes minutes, and linear work a fraction of a second. */
const maxMs = 10_000;
const many = (text: string) => text.repeat(size / text.length);
const record = (payload: string, signature = '{"SD":"00"}') => `OCMF|${payload}|${signature}`;
const inXml = (data: string, key = "") => `<x><value><signedData>${data}</signedData>${key}</value></x>`;
const inJson = (ocmf: string, key: string) => JSON.stringify({ ocmf, public_key: key });

const files: Readonly<Record<string, string>> = {
  "XML whose last tag does not end": `<x><value><signedData><b${many("a")}`,
  "XML with a tag of attributes that does not end": `<x><b ${many('a="1" ')}`,
  "XML with an attribute that is one long name": `<x ${many("a")}/>`,
  "XML with quotes and no end": `<x ${many("\"'")}`,
  "XML with slashes in a tag": `<x ${many("/")}>`,
  "XML with marks only": many("<"),
  "XML with comments that do not end": `<x>${many("<!--")}`,
  "XML with instructions that do not end": `<x>${many("<?")}`,
  "XML with CDATA that does not end": `<x>${many("<![CDATA[")}`,
  "XML with a DOCTYPE that does not end": `<!DOCTYPE ${many("a")}`,
  "XML with a subset that does not end": `<!DOCTYPE a [${many("]")}`,
  "XML with deep nesting": "<a>".repeat(size / 7) + "</a>".repeat(size / 7),
  "XML with deep values": "<value>".repeat(size / 15) + "</value>".repeat(size / 15),
  "XML with very many children": `<x><value>${many("<signedData/>")}</value></x>`,
  "XML with entities that are none": `<x>${many("&a")}</x>`,
  "XML with long hex": inXml(many("41")),
  "XML with blanks inside of the data": inXml(`a${many(" ")}b`),
  "XML with a long key": inXml(record("{}"), `<publicKey>${many("-----BEGIN a-----a")}</publicKey>`),
  "JSON that nests arrays": many("["),
  "JSON that nests records": '{"records":['.repeat(size / 14) + "]}".repeat(size / 14),
  "JSON with very many names": `{${Array.from({ length: size / 12 }, (_, at) => `"k${at}":1`).join()}}`,
  "JSON with a long key": inJson(record("{}"), `${many(" ")}{"`),
  "broken lines": many("{\n"),
  "NULs": many("\0"),
  "byte order marks": many("\ufeff"),
  "a record with very many readings": record(`{"RD":[${many("{},")}{}]}`),
  "a record with very many begins": record(`{"RD":[${many('{"TX":"B"},')}{}]}`),
  "a record with deep nesting": record(`{"RD":${"[".repeat(size / 2)}${"]".repeat(size / 2)}}`),
  "a record with a long text of escapes": record(`{"ID":"${many("\\\\")}"}`),
  "a record that ends in a text": `OCMF|{"ID":"${many("\\\\")}`,
  "a record with blanks": record(`{${many(" ")}}`),
  "a record with a long signature": record("{}", `{"SD":"${many("41")}"}`),
  "a record with a long algorithm": record("{}", `{"SD":"00","SA":"ECDSA-${many("-SHA256")}x"}`),
  "a record with long fields": record(
    `{"PG":"a${many(" ")}x","TT":"${many("<=>")}","RD":[{"TX":"B","TM":"2022-10-27T19:38:50${many(" ")}x",` +
      `"RV":"1${many(" ")}x","RI":"1-${many("0")}"}]}`,
  ),
  "a torn record": `OCMF|${many('"MS":"a\\')}`,
};

for (const [what, file] of Object.entries(files)) {
  Deno.test(`records are read, verified and explained in linear time: ${what}`, () => {
    const bytes = bytesOf(file);
    const startMs = threadTimeMs();
    const inputs = readRecords(bytes);
    verifyRecords(inputs, testPublicKey).forEach((verdict, at) => {
      assert.notEqual(verdict.signature, "valid");
      explainRecord(inputs[at]?.ocmf ?? bytes, verdict);
    });
    explainRecord(bytes, verifyRecord(bytes, testPublicKey));
    recordFacts(bytes);
    const usedMs = threadTimeMs() - startMs;
    assert.ok(usedMs < maxMs, `took ${usedMs} ms of processor time`);
  });
}

Deno.test("readRecords stops in a file with very many invalid lines, and reports it", () => {
  const good = JSON.stringify({ ocmf: textOf(signed()) });
  const inputs = readRecords(bytesOf(`${good}\n${"{}\n".repeat(5000)}${good}\n`));
  assert.equal(inputs.length, 1003);
  assert.match(inputs.at(-1)?.problem ?? "", /More than 1000 lines are not records: the rest is not read/);
});

Deno.test("verifyRecords stops after very many unreadable records", () => {
  const inputs = readRecords(bytesOf(`${textOf(signed())}\n${'OCMF|{}|{"SE":"hex"}\n'.repeat(5000)}`));
  assert.equal(inputs.length, 5001);
  assert.equal(verifyRecords(inputs).length, 1001);
});

Deno.test("a verdict names the first hundred problems and counts the rest", () => {
  const readings = Array.from({ length: 300 }, () => ({ TX: "B" }));
  const { problems } = verifyRecord(bytesOf(record(JSON.stringify({ RD: readings }))), testPublicKey);
  assert.ok(problems.length < 110);
  assert.match(problems.at(-1) ?? "", /^And \d+ more problems$/);
});

Deno.test("a public key of 10,001 characters is refused", () => {
  assert.match(verifyRecord(signed(), "4".repeat(10_001)).problems.join(), /10001 characters are too long/);
});
