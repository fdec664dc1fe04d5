import { pointToSpki, toOcppRecord, xmlContainer, xmlValue } from "../../ocmf/mod.ts";
import type { RecordView } from "../../view/mod.ts";
import { html, useMemo, type VNode } from "../shell/html.ts";
import { useLanguage, useTexts } from "../shell/language.ts";
import { recordTexts } from "../texts/record.ts";
import { problemText } from "../texts/problem_text.ts";

/** The browser has read a file before that time. */
const keptMs = 10_000;

/** A record as files and as messages for a backend. */
export function RecordForms({ view, bytes }: {
  readonly view: RecordView;
  readonly bytes: Uint8Array<ArrayBuffer>;
}): VNode {
  const t = useTexts(recordTexts);
  const language = useLanguage();
  const { row: { seq }, journalSeq = seq, publicKey } = view;
  const ocpp = useMemo(() => toOcppRecord(bytes, spkiOf(publicKey)), [bytes, publicKey]);
  const xml = () => `${xmlContainer.begin}${xmlValue(journalSeq, bytes, publicKey)}${xmlContainer.end}`;
  return html`<section class="panel no-print">
    <div class="buttons">
      <button type="button" class="button" onClick=${() =>
    save(`record-${seq}.xml`, "application/xml", xml())}>${t.xml}</button>
      <button type="button" class="button" onClick=${() =>
    save(`record-${seq}.ocmf`, "text/plain", bytes)}>${t.ocmfFile}</button>
    </div>
    ${ocpp.problems.map((problem, index) => html`<p key=${index} class="quiet">${problemText(problem, language)}</p>`)}
    <${OcppForm} title=${t.ocpp201} value=${ocpp.meterValue} />
    <${OcppForm} title=${t.ocpp16} value=${ocpp.meterValue16} />
  </section>`;
}

function OcppForm({ title, value }: { readonly title: string; readonly value: unknown }): VNode {
  const t = useTexts(recordTexts);
  return html`<details class="ocpp"><summary>${title}</summary>${
    value === undefined
      ? html`<p class="quiet">${t.ocppAbsent}</p>`
      : html`<pre class="mono" tabindex="0" aria-label=${title}>${JSON.stringify(value, null, 2)}</pre>`
  }</details>`;
}

/** Lets the browser save a file. */
function save(name: string, type: string, content: string | Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), keptMs);
}

/** The key as backends expect it; empty: the key is no point of a known curve. */
function spkiOf(publicKey: string): string {
  if (!publicKey.startsWith("04")) return publicKey;
  try {
    return pointToSpki(publicKey);
  } catch {
    return "";
  }
}
