/** A sentence and its German form; `{}` stands for a value, `{1}` for the first one, `{1:kind}` for its translation. */
export type SentencePair = readonly [english: string, german: string];

/** Translates a value; by the kinds that a German form names. */
export type ValueWords = Readonly<Record<string, (value: string) => string>>;

/** Sentences with values, and their German forms. */
export class SentenceTable {
  readonly #patterns: readonly { readonly pattern: RegExp; readonly german: string }[];
  readonly #words: ValueWords;

  /** @param pairs the first one that fits applies */
  constructor(pairs: readonly SentencePair[], words: ValueWords) {
    this.#patterns = pairs.map(([english, german]) => ({
      pattern: new RegExp(`^${english.split("{}").map(literal).join("([^]*?)")}$`),
      german,
    }));
    this.#words = words;
  }

  /** The German form of a sentence; undefined: the table does not have it. */
  german(sentence: string): string | undefined {
    for (const { pattern, german } of this.#patterns) {
      const values = pattern.exec(sentence);
      if (values === null) continue;
      return german.replace(/\{(\d)(?::(\w+))?\}/g, (_, number: string, kind: string | undefined) => {
        const value = values[Number(number)] ?? "";
        return kind === undefined ? value : this.#words[kind]?.(value) ?? value;
      });
    }
    return undefined;
  }
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
