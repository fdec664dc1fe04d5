import { html, useEffect, useState, type VNode } from "../shell/html.ts";
import { KeyValues } from "../shell/key_values.ts";
import { type Language, LanguageContext, textsOf } from "../shell/language.ts";
import { verifyTexts } from "../texts/verify.ts";
import { VerifyView } from "./verify_view.ts";

/** The page that verifies records as a file of its own: which version it is can be compared with its publisher's. */
export function VerifyFile({ version, codeSha256, atStart }: {
  /** With the commit, for people. */
  readonly version: string;
  /** Hash of the script of this file, hex. */
  readonly codeSha256: string;
  /** Language at the start. */
  readonly atStart: Language;
}): VNode {
  const [language, setLanguage] = useState(atStart);
  const t = textsOf(verifyTexts, language);
  const other = language === "de" ? "en" : "de";
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${t.title} \u2013 Wattseal`;
  }, [language, t.title]);
  return html`
    <${LanguageContext.Provider} value=${language}>
      <main>
        <p
          class="no-print"><button type="button" class="button" lang=${other} onClick=${() => setLanguage(other)}>${t
            .language}</button></p>
        <${VerifyView} />
      </main>
      <footer class="page-footer quiet">
        <p>${t.version(version)}</p>
        <${KeyValues} entries=${[[t.code, html`<code class="mono verify-long">${codeSha256}</code>`]]} />
      </footer>
      <//>
  `;
}
