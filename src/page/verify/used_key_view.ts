import { html, type VNode } from "../shell/html.ts";
import { KeyValues } from "../shell/key_values.ts";
import { useTexts } from "../shell/language.ts";
import { keySourceTexts } from "../texts/conclusions.ts";
import { verifyTexts } from "../texts/verify.ts";
import type { KeySource, UsedKey } from "./check_records.ts";

/** Characters of a fingerprint that stand together, so that people can compare it. */
const groupLength = 4;

/** Which key verified a record, where it came from, and what that means. */
export function UsedKeyView({ usedKey: { source, text, fingerprint } }: { readonly usedKey: UsedKey }): VNode {
  const t = useTexts(verifyTexts);
  const sources = useTexts(keySourceTexts);
  return html`
    <section data-key-source=${source}>
      <h3>${t.usedKey}</h3>
      <p><strong>${sources[source]}.</strong> ${sources[meaningOf(source)]}</p>
      <${KeyValues} entries=${[
        [
          t.fingerprint,
          fingerprint === undefined ? undefined : html`<code class="mono">${grouped(fingerprint)}</code>`,
        ],
        [t.keyText, text === "" ? undefined : html`<code class="mono verify-long">${text}</code>`],
      ]} />
    </section>
  `;
}

function meaningOf(source: KeySource): "pastedMeans" | "fromFileMeans" | "noneMeans" {
  if (source === "pasted") return "pastedMeans";
  return source === "none" ? "noneMeans" : "fromFileMeans";
}

function grouped(hex: string): string {
  return hex.match(new RegExp(`.{1,${groupLength}}`, "g"))?.join(" ") ?? hex;
}
