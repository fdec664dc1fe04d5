import assert from "node:assert/strict";
import { publicKey, xmlContainer, xmlValue } from "../../src/ocmf/mod.ts";
import { checkRecords, pastedBytes } from "../../src/page/verify/check_records.ts";
import { begin, bytesOf, end, payload, signed, testPublicKey, textOf } from "../ocmf/samples.ts";

const record = textOf(signed());
const otherKey = publicKey(new Uint8Array(32).fill(9), "brainpoolP256r1");
const json = (ocmf: string, key?: string) => JSON.stringify({ id: "a", ocmf, "public_key": key });

/** The conclusion, and where the key came from, for each record. */
function concluded(input: string, key = ""): string[] {
  return checkRecords(bytesOf(input), key).records.map(({ conclusion, key }) => `${conclusion} ${key.source}`);
}

Deno.test("the conclusion depends on the signature, the session and the key", () => {
  assert.deepEqual(concluded(record, testPublicKey), ["genuine pasted"]);
  assert.deepEqual(concluded(json(record, testPublicKey)), ["genuine json"]);
  assert.deepEqual(concluded(json(record.replace("32.125", "32.126"), testPublicKey)), ["refused json"]);
  assert.deepEqual(concluded(record), ["unverified none"]);
  assert.deepEqual(concluded(json(record.slice(0, -3), testPublicKey)), ["unreadable json"]);
  const backwards = textOf(signed(payload([{ ...begin, RV: "40.000" }, end])));
  assert.deepEqual(concluded(json(backwards, testPublicKey)), ["notBillable json"]);
  assert.deepEqual(concluded(json(textOf(signed(payload([begin]))), testPublicKey)), ["incomplete json"]);
  assert.deepEqual(concluded(json(record, otherKey), testPublicKey), ["otherKey pasted"]);
});

Deno.test("the key of XML is named as such, and a given key replaces it", () => {
  const xml = xmlContainer.begin + xmlValue(1, bytesOf(record), testPublicKey) + xmlContainer.end;
  assert.deepEqual(concluded(xml), ["genuine xml"]);
  assert.deepEqual(concluded(`\ufeff ${xml}`), ["genuine xml"]);
  assert.deepEqual(concluded(xml, otherKey), ["refused pasted"]);
});

Deno.test("the declared encoding of XML applies to a file, and not to a pasted text", () => {
  const text = textOf(signed(payload(undefined, { ID: "M\u00fcller" })));
  const xml = (encoding: string) =>
    xmlContainer.begin.replace("UTF-8", encoding) + xmlValue(1, bytesOf(text), testPublicKey) + xmlContainer.end;
  const conclusions = (bytes: Uint8Array) => checkRecords(bytes, "").records.map(({ conclusion }) => conclusion);
  for (const encoding of ["UTF-8", "ISO-8859-1"]) {
    assert.deepEqual(conclusions(pastedBytes(xml(encoding))), ["genuine"]);
  }
  const file = Uint8Array.from(xml("ISO-8859-1"), (character) => character.charCodeAt(0));
  assert.deepEqual(conclusions(file), ["genuine"]);
});

Deno.test("all forms of a key have the same fingerprint, which openssl would print for its DER", async () => {
  const [one] = checkRecords(bytesOf(record), testPublicKey).records;
  const xml = checkRecords(bytesOf(xmlContainer.begin + xmlValue(1, signed(), testPublicKey) + xmlContainer.end), "");
  const [other] = xml.records;
  const der = Uint8Array.fromHex(other?.key.text ?? "");
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", der)).toHex();
  assert.deepEqual([one?.key.fingerprint, other?.key.fingerprint], [hash, hash]);
  assert.equal(checkRecords(bytesOf(record), "04ABCD").records[0]?.key.fingerprint, undefined);
});

Deno.test("a key that cannot be used is reported, and no record is genuine", () => {
  const { keyProblem, records } = checkRecords(bytesOf(record), "not a key");
  assert.match(keyProblem ?? "", /Cannot read the public key/);
  assert.deepEqual(records.map(({ conclusion }) => conclusion), ["unverified"]);
});

Deno.test("an input without a record has none, and one with too many is cut", () => {
  assert.deepEqual(checkRecords(bytesOf("hello"), "").records, []);
  const line = `{"ocmf":"OCMF|{}|{}"}\n`;
  const { records, left } = checkRecords(bytesOf(line.repeat(502)), "");
  assert.deepEqual([records.length, left], [500, 2]);
});
