import assert from "node:assert/strict";
import { explainInWords, explainRecord, toOcppRecord, verifyRecord } from "../../src/ocmf/mod.ts";
import { problemText } from "../../src/page/texts/problem_text.ts";
import { recordWords } from "../../src/page/texts/record_words.ts";
import { bytesOf, payload, signed, testPublicKey } from "../ocmf/samples.ts";
import vectors from "../ocmf/vectors.json" with { type: "json" };

Deno.test("a record is explained in German with the same fields and values", () => {
  const ocmf = signed(payload(undefined, { IL: "TRUSTED", ID: "TAG-1" }));
  const verification = verifyRecord(ocmf, testPublicKey);
  const english = explainRecord(ocmf, verification);
  const german = explainInWords(ocmf, verification, recordWords("de"));
  assert.deepEqual(explainInWords(ocmf, verification, recordWords("en")), english);
  assert.deepEqual(
    german.map(({ field, value }) => [field, value.replace(" um ", " at ")]),
    english.map(({ field, value }) => [field, value]),
  );
  for (const [index, { field, meaning }] of german.entries()) {
    assert.notEqual(meaning, "");
    assert.notEqual(meaning, english[index]?.meaning, field);
  }
});

Deno.test("both languages have words for the same codes", () => {
  const shape = (value: unknown): unknown =>
    typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shape(member)]))
      : typeof value;
  assert.deepEqual(shape(recordWords("de")), shape(recordWords("en")));
  assert.deepEqual(Object.keys(recordWords("de").fields), Object.keys(recordWords("en").fields));
});

Deno.test("each problem of the test vectors has a German sentence", () => {
  const untranslated = new Set<string>();
  for (const { ocmf, public_key: publicKey } of vectors) {
    const { problems } = verifyRecord(bytesOf(ocmf), publicKey ?? undefined);
    const all = [...problems, ...toOcppRecord(ocmf, publicKey ?? "").problems];
    for (const problem of all) if (problemText(problem, "de") === problem) untranslated.add(problem);
  }
  assert.deepEqual([...untranslated], []);
});

Deno.test("a sentence keeps the values of the record", () => {
  assert.equal(
    problemText("The register runs backwards: 12.5, then 12.4", "de"),
    "Das Register l\u00e4uft r\u00fcckw\u00e4rts: 12.5, dann 12.4",
  );
  assert.equal(problemText("Another sentence", "de"), "Another sentence");
  const { problems: [first = ""] } = verifyRecord(bytesOf("OCMF|{"), undefined);
  assert.equal(problemText(first, "en"), first);
});
