import assert from "node:assert/strict";
import { sessionOf } from "../../src/ocmf/mod.ts";
import { IdentificationMask, maskRecord } from "../../src/view/mod.ts";
import { testProperties } from "../fuzz/test_properties.ts";
import { bytesOf, payload, signed, textOf } from "../ocmf/samples.ts";
import { identificationProperties } from "./identification_properties.ts";

const mask = "********";
const record = (fields: Record<string, unknown>) => textOf(signed(payload(undefined, fields)));

/** The masked text, whose session is still readable. */
function masked(text: string): string {
  const shown = maskRecord(text, true);
  assert.equal(shown.isMasked, shown.text !== text);
  assert.notEqual(sessionOf(bytesOf(shown.text)), undefined);
  return shown.text;
}

Deno.test("a record without an identification stays as it is", () => {
  for (const fields of [{ ID: "" }, { ID: " " }, { ID: null }, { ID: undefined }]) {
    const text = record(fields);
    assert.deepEqual(maskRecord(text, true), { text, identifications: [], isMasked: false });
  }
});

Deno.test("only the identification and the signature are replaced in a record", () => {
  const unsigned = (text: string) => text.replace(/"SD":"[^"]+"/, `"SD":"${mask}"`);
  const expected = unsigned(record({ ID: "TAG-123456" })).replace("TAG-123456", mask);
  assert.equal(masked(record({ ID: "TAG-123456" })), expected);
  const numeric = unsigned(record({ ID: 1234.5 })).replace('"ID":1234.5', `"ID":"${mask}"`);
  assert.equal(masked(record({ ID: 1234.50 })), numeric);
});

Deno.test("the identification is replaced in other texts, and in a transaction id only if it is the whole id", () => {
  const id = "TAG-123456";
  const text = record({ ID: id, TT: `for ${id}, ${id}<=>${id}-1`, CI: `DE*${id.toLowerCase()}`, MS: id });
  const shown = masked(text);
  assert.ok(shown.includes(`"TT":"for ${mask}, ${mask}<=>${id}-1"`));
  assert.ok(shown.includes(`"CI":"DE*${mask}"`));
  assert.ok(shown.includes(`"MS":"${mask}"`));
  assert.ok(masked(record({ ID: id, TT: `0.30<=>${id}` })).includes(`"TT":"0.30<=>${mask}"`));
});

Deno.test("the identification is replaced in another case, whatever its letters are", () => {
  // Letters of the supplementary planes, letters with several characters in the other case, both forms of the small sigma
  const pairs = [
    ["\u{16e40}AG-12345", "\u{16e60}ag-12345"],
    ["\u0130STANBUL", "i\u0307stanbul"],
    ["STRASSE-123456", "stra\u00dfe-123456"],
    ["ISTANBUL", "\u0131stanbul"],
    ["SABCDE", "\u017fABCDE"],
    ["\u{16e40}BCDEF\u03a3", "\u{16e60}bcdef\u03c2"],
  ] as const;
  for (const [id, small] of pairs) {
    for (const [own, other] of [[id, small], [small, id], [id, id]] as const) {
      const shown = masked(record({ ID: own, TT: `for ${other}.<=>1` }));
      assert.match(shown, /"TT":"(for )?\*{8}\.?<=>1"/);
    }
  }
});

Deno.test("the identification is hidden before a letter that changes its last one", () => {
  const id = "\u{16e40}BCDEF\u03a3";
  assert.ok(!masked(record({ ID: id, TT: `for ${id}X.<=>1` })).includes(id));
});

Deno.test("a short identification is replaced only where it is a whole text, and never in a reading", () => {
  const shown = masked(record({ ID: "10.000", TT: "x10.000<=>10.000", CI: "10.000" }));
  assert.ok(shown.includes('"RV":"10.000"'));
  assert.ok(masked(record({ ID: "E1", CI: "DE*TST*E1", TT: "E1<=>E1-1" })).includes(`"TT":"${mask}<=>E1-1"`));
  assert.ok(masked(record({ ID: "E1" })).includes('"CI":"DE*TST*E1"'));
});

Deno.test("escapes, duplicates and values that are no texts do not show an identification", () => {
  const text = record({ ID: "x" });
  const escaped = text.replace('"ID":"x"', '"\\u0049D":"TAG\\u002d123456"').replace(
    '"CI":"',
    '"CI":"TAG\\u002D123456 ',
  );
  assert.doesNotMatch(masked(escaped), /123456/);
  assert.doesNotMatch(masked(text.replace('"ID":"x"', '"ID":"TAG-1","ID":"TAG-2"')), /TAG/);
  for (const value of ['{"a":"TAG-1"}', '["TAG-1"]', "true"]) {
    assert.equal(maskRecord(text.replace('"ID":"x"', `"ID":${value}`), true).text, mask);
  }
});

Deno.test("a very long identification is hidden, too", () => {
  const id = "ab".repeat(300_000);
  const shown = masked(record({ ID: id, TT: `for ${id}<=>tx-1`, CI: `${id} ` }));
  assert.equal(
    shown.replace(/"SD":"[0-9A-F]+"/i, ""),
    masked(record({ ID: mask, TT: `${mask}<=>tx-1`, CI: mask })).replace(/"SD":"[0-9A-F]+"/i, ""),
  );
});

Deno.test("what an earlier record left behind a record is not shown", () => {
  const text = `${record({ ID: "" })}\0\0AG-123456","TT"`;
  assert.equal(masked(text), record({ ID: "" }));
});

Deno.test("a damaged record does not show its identification", () => {
  const damaged = [
    'OCMF|{"FV":"1.0","ID":"TAG-12"3456","TT":"for TAG-12\\"3456","CT":"EVSEID"}|{"SD":"00"}',
    'OCMF|{"FV":"1.0","ID":"TAG-123',
    'OCMF|{"FV":"1.0","ID":"TAG-123","CT":"EVSEID"|{"SD":"00FF',
    'OCMF|{"FV":"1.0", "ID" : TAG-123, "CT":"EVSEID"',
    'OCMF|{"FV":"1.0","\\u0049D":"TAG-123","CT":"EVSEID"',
    `OCMF|{"ID":"TAG-123"${" ".repeat(10_000)}`,
  ];
  for (const text of damaged) {
    const shown = maskRecord(text, false);
    assert.equal(shown.isMasked, true);
    assert.doesNotMatch(shown.text, /TAG-12[^"]|"SD":"00/, text);
  }
  assert.deepEqual(maskRecord("OCMF|{", false), { text: "OCMF|{", identifications: [], isMasked: false });
});

Deno.test("what an earlier record left in a damaged record is not shown", () => {
  assert.deepEqual(maskRecord('OCMF|{"FV":"1.0"\0":"04A1B2C3","TT":"for 04A1B2C3<=>tx-1"', false), {
    text: 'OCMF|{"FV":"1.0"',
    identifications: [],
    isMasked: true,
  });
  assert.equal(maskRecord('OCMF|{"ID":"TAG-123\0-456","TT":"x"', false).text, `OCMF|{"ID":"${mask}"`);
});

testProperties(identificationProperties);

Deno.test("an identification inside a longer one does not leave the rest of the longer one", () => {
  for (const identifications of [["TAG-123", "TAG-123-456"], ["TAG-123-456", "TAG-123"]]) {
    assert.equal(new IdentificationMask(identifications).text("for TAG-123-456, TAG-123"), `for ${mask}, ${mask}`);
  }
  const found = new IdentificationMask(["ABCDEF", "STRASSE-ABCDEF"]).text("for stra\u00dfe-abcdef");
  assert.equal(found, mask);
});

Deno.test("an identification is hidden where a text quotes it as JSON", () => {
  const id = 'TAG-"12\t3\\456';
  assert.equal(new IdentificationMask([id]).text(`TT is ${JSON.stringify(`for ${id}`)}`), `TT is "for ${mask}"`);
});

Deno.test("an empty identification hides nothing", () => {
  assert.equal(new IdentificationMask(["", " "]).text(""), "");
  assert.equal(new IdentificationMask([]).text("abc"), "abc");
});
