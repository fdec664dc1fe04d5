import { explainInWords, type RecordSession, sessionOf, type Verification } from "../../ocmf/mod.ts";
import { isGood, kilowattHours, type ShownVerification } from "../../view/mod.ts";
import { useFormats } from "../shell/formats.ts";
import { html, useMemo, type VNode } from "../shell/html.ts";
import { useLanguage, useTexts } from "../shell/language.ts";
import { recordTexts } from "../texts/record.ts";
import { recordWords } from "../texts/record_words.ts";

/** Derived values and the verdicts, which the page shows elsewhere. */
const shownElsewhere = ["signature", "session", "key", "problem"];

/** What the explanation of a record needs. */
export interface RecordWordsProps {
  readonly bytes: Uint8Array;
  readonly verification: ShownVerification;
}

/** A record in a few sentences for a driver. */
export function RecordSummary({ bytes, verification }: RecordWordsProps): VNode {
  const t = useTexts(recordTexts);
  const session = useMemo(() => sessionOf(bytes), [bytes]);
  const sentences = useSentences(session);
  return html`<div class="summary">
    ${sentences.map((sentence, index) => html`<p key=${index}>${sentence}</p>`)}
    <p><strong>${isGood(verification) ? t.good : t.notGood}</strong></p>
  </div>`;
}

function useSentences(session: RecordSession | undefined): string[] {
  const t = useTexts(recordTexts);
  const f = useFormats();
  const language = useLanguage();
  if (session === undefined) return [t.unreadable];
  const { energyWh, beginAtMs, endAtMs, durationMs, evseId, meterSerial, tariffText } = session;
  const sentences = [energyWh === undefined ? t.noEnergy : t.charged(`${exactEnergy(energyWh, language)}\u00a0kWh`)];
  if (beginAtMs !== undefined && endAtMs !== undefined && durationMs !== undefined) {
    sentences.push(t.fromTo(f.dateTime(beginAtMs), f.dateTime(endAtMs), f.duration(durationMs / 1000)));
  }
  if (evseId !== undefined) sentences.push(t.place(evseId));
  if (meterSerial !== undefined) sentences.push(t.measuredBy(meterSerial));
  if (tariffText !== undefined) sentences.push(t.tariff(tariffText));
  if (beginAtMs !== undefined) sentences.push(t.zone(Intl.DateTimeFormat().resolvedOptions().timeZone));
  return sentences;
}

/** All digits of the record, with the decimal separator of the language. */
export function exactEnergy(energyWh: string, language: string): string {
  const text = kilowattHours(energyWh);
  return language === "de" ? text.replace(".", ",") : text;
}

/** A record field by field. */
export function RecordFields({ bytes, verification }: RecordWordsProps): VNode | null {
  const t = useTexts(recordTexts);
  const language = useLanguage();
  const lines = useMemo(() => {
    // Only the meanings of the verdicts depend on their values
    return explainInWords(bytes, verification as Verification, recordWords(language));
  }, [bytes, verification, language]);
  const names: Readonly<Record<string, string>> = { energy: t.energyField, duration: t.durationField };
  const shown = lines.filter(({ field }) => !shownElsewhere.includes(field));
  if (shown.length === 0) return null;
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${t.fields}>
      <table class="fields">
        <thead>
          <tr>
            <th scope="col">${t.field}</th>
            <th scope="col">${t.value}</th>
            <th scope="col">${t.meaning}</th>
          </tr>
        </thead>
        <tbody>${shown.map(({ field, value, meaning }, index) =>
          html`
            <tr key=${index} class="field-${field.split(" ")[0]}">
              <th scope="row">${names[field] ?? field}</th>
              <td class="mono">${value}</td>
              <td>${meaning}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

/** A record in plain words: some sentences, then field by field. */
export function RecordWords(props: RecordWordsProps): VNode {
  return html`
    <div>
      <${RecordSummary} ...${props} />
      <${RecordFields} ...${props} />
    </div>
  `;
}
