/** A sentence and its German form; `{}` stands for a value, `{1}` for the first one, `{1:kind}` for its translation. */
export type SentencePair = readonly [english: string, german: string];

/** Translates a value; by the kinds that a German form names. */
export type ValueWords = Readonly<Record<string, (value: string) => string>>;

/** Sentences with values, and their German forms. */
export class SentenceTable {
  readonly #pairs: readonly { readonly parts: readonly string[]; readonly german: string }[];
  readonly #words: ValueWords;

  /** @param pairs the first one that fits applies */
  constructor(pairs: readonly SentencePair[], words: ValueWords) {
    this.#pairs = pairs.map(([english, german]) => ({ parts: english.split("{}"), german }));
    this.#words = words;
  }

  /** The German form of a sentence; undefined: the table does not have it. */
  german(sentence: string): string | undefined {
    for (const { parts, german } of this.#pairs) {
      const values = valuesIn(sentence, parts);
      if (values === undefined) continue;
      return german.replace(/\{(\d)(?::(\w+))?\}/g, (_, number: string, kind: string | undefined) => {
        const value = values[Number(number) - 1] ?? "";
        return kind === undefined ? value : this.#words[kind]?.(value) ?? value;
      });
    }
    return undefined;
  }
}

/**
 * The values between the parts of a sentence, each as short as possible. A regular expression finds the same, but the time
 * that it needs for a long sentence grows with the square of the length: a record can contain any text.
 *
 * @returns undefined: the sentence does not have these parts
 */
function valuesIn(sentence: string, parts: readonly string[]): string[] | undefined {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return sentence === first ? [] : undefined;
  if (!sentence.startsWith(first)) return undefined;
  const values: string[] = [];
  let at = first.length;
  for (const part of rest) {
    const found = sentence.indexOf(part, at);
    if (found < 0) return undefined;
    values.push(sentence.slice(at, found));
    at = found + part.length;
  }
  const end = sentence.length - last.length;
  return end >= at && sentence.endsWith(last) ? [...values, sentence.slice(at, end)] : undefined;
}
