import assert from "node:assert/strict";
import { pointToSpki, readRecords, verifyRecords, xmlContainer, xmlValue } from "../../src/ocmf/mod.ts";
import { bytesOf, payload, signed, testPublicKey } from "./samples.ts";

function file(...values: string[]): Uint8Array {
  return bytesOf(xmlContainer.begin + values.join("") + xmlContainer.end);
}

Deno.test(
  "xmlValue writes a value for the transparency software: a whole number, the unchanged record, the key " +
    "as SPKI",
  () => {
    const record = 'OCMF|{"TT":"1 < 2 & 3 > 2]]>"}|{"SD":"30"}';
    assert.equal(
      xmlValue(12, bytesOf(record), testPublicKey),
      `  <value transactionId="12" context="Transaction.End">
    <signedData format="OCMF" encoding="plain">OCMF|{"TT":"1 &lt; 2 &amp; 3 &gt; 2]]&gt;"}|{"SD":"30"}</signedData>
    <publicKey encoding="plain">${pointToSpki(testPublicKey)}</publicKey>
  </value>
`,
    );
  },
);

Deno.test("xmlValue omits a missing key, and does not change a key that is not a point", () => {
  assert.ok(!xmlValue(1, signed(), "").includes("publicKey"));
  assert.match(xmlValue(1, signed(), "04AA"), /<publicKey encoding="plain">04AA</);
});

Deno.test("records in xmlValue have the same verification, with marks, line ends and letters", () => {
  const texts = ["a<b>&c;&amp;", "\r\n\t", "\u00e4\u20ac\u{1f50c}", "]]>", "\ufffd"];
  const records = texts.map((text) => signed(payload(undefined, { ID: text }).replace("{", "{\r\n")));
  const inputs = readRecords(file(...records.map((record, index) => xmlValue(index + 1, record, testPublicKey))));
  assert.deepEqual(inputs.map(({ ocmf }) => ocmf), records);
  assert.deepEqual(inputs.map(({ id }) => id), ["1", "2", "3", "4", "5"]);
  assert.deepEqual(
    verifyRecords(inputs).map(({ signature, key }) => `${signature} ${key}`),
    ["valid first_seen", ...texts.slice(1).map(() => "valid pinned")],
  );
});

Deno.test("xmlValue writes bytes that are not text, or that a reader would trim, as base64", () => {
  const odd = [
    Uint8Array.of(0x4f, 0x43, 0x4d, 0x46, 0x7c, 0xff, 0x00),
    bytesOf("OCMF|\u0001|"),
    bytesOf("OCMF|{}|{} \n"),
    bytesOf("\ufeffOCMF|{}|{}"),
    bytesOf("ocmf"),
  ];
  const values = odd.map((bytes, index) => xmlValue(index, bytes, ""));
  for (const value of values) assert.match(value, /encoding="base64"/);
  assert.deepEqual(readRecords(file(...values)).map(({ ocmf }) => ocmf), odd);
});
