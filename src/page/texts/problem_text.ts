import { type Language, textsOf } from "../shell/language.ts";
import { recordTexts } from "./record.ts";
import { recordProblems } from "./record_problems.ts";
import { recordReasons } from "./record_reasons.ts";
import { recordWords } from "./record_words.ts";
import { SentenceTable } from "./sentence_table.ts";

// A record can have any text, such as a name that each object has
const verdicts: ReadonlyMap<string, unknown> = new Map(Object.entries(textsOf(recordTexts, "de")));
const { statuses, unknown } = recordWords("de");
const statusWords: ReadonlyMap<string, string> = new Map(Object.entries(statuses));
const words = {
  list: (names: string) => names.replaceAll(" and ", " und "),
  status: (code: string) => statusWords.get(code) ?? unknown.status,
  verdict: (name: string) => String(verdicts.get(name) ?? name),
};
/** A longer reason stays in English: each reason can contain another one, and a record any number of them. */
const maxReason = 1000;
const short = (reason: string) => reason.length <= maxReason;
const reasons: SentenceTable = new SentenceTable(recordReasons, {
  ...words,
  reason: (reason) => (short(reason) ? reasons.german(reason) : undefined) ?? reason,
});
const problems: SentenceTable = new SentenceTable(recordProblems, {
  ...words,
  reason: (reason) => (short(reason) ? reasons.german(reason) ?? problems.german(reason) : undefined) ?? reason,
});

/** A sentence of the verification in a language. One that the tables do not have stays in English. */
export function problemText(problem: string, language: Language): string {
  return language === "en" ? problem : problems.german(problem) ?? problem;
}
