import assert from "node:assert/strict";
import { faultAdvice } from "../../src/contract/mod.ts";
import { faultSentence, faultSentences } from "../../src/page/texts/fault_sentences.ts";

/** Causes and remedies of all faults, as the service states them. */
const stated = Object.values(faultAdvice()).flatMap((kinds) =>
  Object.values(kinds).flatMap(({ cause, remedy }) => [cause, remedy])
);

Deno.test("cause and remedy of each fault have a German form, and no other sentence has one", () => {
  assert.deepEqual([...new Set(stated)].toSorted(), faultSentences.map(([english]) => english).toSorted());
});

Deno.test("a German form has the same names and values in backticks", () => {
  const marked = (text: string) => text.split("`").filter((_, index) => index % 2 === 1).toSorted();
  for (const [english, german] of faultSentences) assert.deepEqual(marked(german), marked(english), german);
});

Deno.test("a sentence without a German form stays in English, and is marked as English", () => {
  const [[english, german] = ["", ""]] = faultSentences;
  assert.deepEqual(faultSentence(english, "en"), { text: english, lang: "en" });
  assert.deepEqual(faultSentence(english, "de"), { text: german, lang: "de" });
  assert.deepEqual(faultSentence("Another cause", "de"), { text: "Another cause", lang: "en" });
});
