import { chooseLanguage, type Language, languages } from "./language.ts";

/** Colours of the page; `auto`: those of the system. */
export const colourSchemes = ["auto", "light", "dark"] as const;

/** One of {@linkcode colourSchemes}. */
export type ColourScheme = typeof colourSchemes[number];

/** What a person has chosen in this browser. */
export interface Preferences {
  readonly language: Language;
  readonly colours: ColourScheme;
}

const key = "wattseal.preferences";

/** Where a browser keeps choices; it can refuse, for example in a private window. */
export type PreferenceStore = Pick<Storage, "getItem" | "setItem">;

/** The choices of this browser, else what the system prefers. @param wanted the languages of the system, such as `de-AT` */
export function readPreferences(store: PreferenceStore, wanted: readonly string[]): Preferences {
  const stored = storedValues(store);
  return {
    language: languages.find((language) => language === stored.language) ?? chooseLanguage(wanted),
    colours: colourSchemes.find((scheme) => scheme === stored.colours) ?? "auto",
  };
}

/** Stores the choices. Without storage they last until the page is closed. */
export function storePreferences(store: PreferenceStore, preferences: Preferences): void {
  try {
    store.setItem(key, JSON.stringify(preferences));
  } catch {
    // The page shows the choice anyway
  }
}

function storedValues(store: PreferenceStore): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(store.getItem(key) ?? "{}");
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}
