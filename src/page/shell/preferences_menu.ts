import { shellTexts } from "../texts/shell.ts";
import { html, type VNode } from "./html.ts";
import { type Language, languages, useTexts } from "./language.ts";
import { type ColourScheme, colourSchemes, type Preferences } from "./preferences.ts";

/** Each language in its own words. */
const languageNames: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };

/** The choice of language and colours. */
export function PreferencesMenu({ preferences, change }: {
  readonly preferences: Preferences;
  readonly change: (preferences: Preferences) => void;
}): VNode {
  const t = useTexts(shellTexts);
  const colourNames: Readonly<Record<ColourScheme, string>> = { auto: t.automatic, light: t.light, dark: t.dark };
  const chosen = (event: Event) => (event.currentTarget as HTMLSelectElement).value;
  return html`
    <div class="preferences">
      <label><span class="hidden">${t.language}</span>
          <select value=${preferences.language}
            onChange=${(event: Event) => change({ ...preferences, language: chosen(event) as Language })}>
            ${languages.map((language) =>
              html`<option key=${language} value=${language} lang=${language}>${languageNames[language]}</option>`
            )}
          </select></label>
      <label><span class="hidden">${t.colours}</span>
          <select value=${preferences.colours}
            onChange=${(event: Event) => change({ ...preferences, colours: chosen(event) as ColourScheme })}>
            ${colourSchemes.map((scheme) =>
              html`<option key=${scheme} value=${scheme}>${colourNames[scheme]}</option>`
            )}
          </select></label>
    </div>
  `;
}
