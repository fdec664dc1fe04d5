import assert from "node:assert/strict";
import { problemText } from "../../src/page/texts/problem_text.ts";
import { sourceSentences } from "./source_sentences.ts";

/** Modules whose sentences do not reach the page: those of signing and writing, of other uses, and tables of words. */
const others = ["curves", "der", "joined_session", "live_map", "meanings", "sign", "spki", "write_xml", "xml"];

async function sentencesOf(folder: string, isIncluded: (module: string) => boolean): Promise<string[]> {
  const url = new URL(`../../src/${folder}/`, import.meta.url);
  const sentences: string[] = [];
  for await (const { name } of Deno.readDir(url)) {
    const module = name.replace(/\.ts$/, "");
    if (isIncluded(module)) sentences.push(...sourceSentences(module, await Deno.readTextFile(new URL(name, url))));
  }
  return sentences;
}

Deno.test("each problem that the verification can state has a German form", async () => {
  const sentences = [
    ...await sentencesOf("ocmf", (module) => !others.includes(module)),
    ...await sentencesOf("web", (module) => ["published_record", "checked_records"].includes(module)),
  ];
  assert.ok(sentences.length > 60, `${sentences.length} sentences`);
  const left = sentences.filter((english) => {
    const german = problemText(english, "de");
    return german === english || /\b(the|is|are|has|have|its|not|no|of|and|too)\b/.test(german);
  });
  assert.deepEqual(left, []);
});

Deno.test("a reason, a status and a verdict within a sentence are in German, too; values stay", () => {
  const german = {
    "Cannot read the OCMF record: the payload section is not JSON: Cannot parse JSON: the text ends at position 9":
      "Der Datensatz kann nicht gelesen werden: die Nutzdaten sind kein JSON: der Text endet an Stelle 9",
    "Cannot read the OCMF record: the signature section is not JSON: Bad control character in string literal":
      "Der Datensatz kann nicht gelesen werden: die Signatur ist kein JSON",
    'The record has no meter value: Not an OCMF record: the text does not start with "OCMF|"':
      'Der Datensatz hat keinen Messwert f\u00fcr OCPP: Kein Datensatz im Format OCMF: der Text beginnt nicht mit "OCMF|"',
    "Reading 2 has status M: manipulation was detected":
      "Messwert 2 hat den Status M (eine Manipulation wurde erkannt)",
    "Reading 2 has status constructor: unknown status": "Messwert 2 hat den Status constructor (unbekannter Status)",
    "The record was published with signature valid, but its text has signature invalid":
      "Der Datensatz wurde mit dem Ergebnis \u201eg\u00fcltig\u201c f\u00fcr die Signatur ver\u00f6ffentlicht; f\u00fcr seinen Text ist es \u201eung\u00fcltig\u201c",
    "The record belongs to transaction no reading is marked as end, not to (none)":
      "Der Datensatz geh\u00f6rt zum Ladevorgang no reading is marked as end, nicht zu (none)",
  };
  for (const [english, expected] of Object.entries(german)) assert.equal(problemText(english, "de"), expected);
});

Deno.test("a long text of a record in a sentence needs little time, and any number of reasons in each other no stack", () => {
  const nothing = " to ".repeat(200_000);
  const started = performance.now();
  assert.equal(
    problemText(`The event counter increased from ${nothing} within the sessions`, "de"),
    `The event counter increased from ${nothing} within the sessions`,
  );
  // A search that tries each pair of places needs half a minute
  assert.ok(performance.now() - started < 5000);
  assert.equal(
    problemText(`The event counter increased from 1${nothing} within the session`, "de"),
    `Der Ereignisz\u00e4hler stieg im Ladevorgang von 1 auf ${nothing.slice(4)}`,
  );
  const nested = "Cannot read the OCMF record: ".repeat(10_000);
  assert.match(problemText(nested, "de"), /^Der Datensatz kann nicht gelesen werden: Cannot read the OCMF record: /);
});
