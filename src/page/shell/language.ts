import { createContext, useContext, useMemo } from "./html.ts";

/** Languages of the page. */
export const languages = ["en", "de"] as const;

/** One of {@linkcode languages}. */
export type Language = typeof languages[number];

/** A text, or a function that builds it, in each language. */
export type Text = Readonly<Record<Language, string>> | Readonly<Record<Language, (...values: never[]) => string>>;

/** The texts of a page by their names. */
export type TextTable = Readonly<Record<string, Text>>;

/** The texts of a table in one language. */
export type TextsOf<Table extends TextTable> = { readonly [Name in keyof Table]: Table[Name]["en"] };

/** The texts of a table in one language. */
export function textsOf<Table extends TextTable>(table: Table, language: Language): TextsOf<Table> {
  return Object.fromEntries(Object.entries(table).map(([name, text]) => [name, text[language]])) as TextsOf<Table>;
}

/** The first language of a person's list that the page has; English if it has none. @param wanted such as `de-AT` */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = languages.find((language) => tag.toLowerCase().split("-")[0] === language);
    if (found !== undefined) return found;
  }
  return "en";
}

/** The language of the components below it. */
export const LanguageContext = createContext<Language>("en");

/** The language of the page. */
export function useLanguage(): Language {
  return useContext(LanguageContext);
}

/** The texts of a table in the language of the page. */
export function useTexts<Table extends TextTable>(table: Table): TextsOf<Table> {
  const language = useLanguage();
  return useMemo(() => textsOf(table, language), [table, language]);
}
