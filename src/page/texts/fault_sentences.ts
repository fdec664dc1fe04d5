import type { Language } from "../shell/language.ts";
import { meterFaultSentences } from "./meter_fault_sentences.ts";
import { nodeFaultSentences } from "./node_fault_sentences.ts";
import type { SentencePair } from "./sentence_table.ts";

/** Causes and remedies of all faults with their German form. */
export const faultSentences: readonly SentencePair[] = [...meterFaultSentences, ...nodeFaultSentences];

const germanForms: ReadonlyMap<string, string> = new Map(faultSentences);

/**
 * A cause or a remedy in a language.
 *
 * @param english with backticks around names and values
 * @returns with its language: a sentence that the table does not have stays in English
 */
export function faultSentence(english: string, language: Language): { readonly text: string; readonly lang: Language } {
  const german = language === "de" ? germanForms.get(english) : undefined;
  return german === undefined ? { text: english, lang: "en" } : { text: german, lang: "de" };
}
