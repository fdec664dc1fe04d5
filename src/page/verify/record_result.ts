import { RecordFields, RecordSummary } from "../record/record_words.ts";
import { VerdictBadges } from "../record/verdict_badges.ts";
import { Badge, type Tone } from "../shell/badge.ts";
import { html, useId, useState, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import { conclusionTexts } from "../texts/conclusions.ts";
import { verifyTexts } from "../texts/verify.ts";
import type { CheckedRecord, Conclusion } from "./check_records.ts";
import { UsedKeyView } from "./used_key_view.ts";

const conclusionTones: Readonly<Record<Conclusion, Tone>> = {
  genuine: "ok",
  otherKey: "warning",
  incomplete: "warning",
  notBillable: "problem",
  refused: "problem",
  unverified: "warning",
  unreadable: "problem",
};

/** The result for one record: the conclusion first, then what was checked, with which key, and what the record states. */
export function RecordResult({ record, number, count }: {
  readonly record: CheckedRecord;
  readonly number: number;
  readonly count: number;
}): VNode {
  const t = useTexts(verifyTexts);
  const conclusions = useTexts(conclusionTexts);
  const id = useId();
  const { conclusion, verification, ocmf, session } = record;
  const isProven = verification.signature === "valid";
  return html`
    <article class="panel verify-result" aria-labelledby=${id} data-conclusion=${conclusion}
      data-signature=${verification.signature} data-session=${verification.session} data-key=${verification.key}>
        <h3 id=${id}>${t.recordNumber(number, count)}${record.id === undefined ? "" : `: ${record.id}`}</h3>
        <p class="verify-conclusion"><${Badge} tone=${conclusionTones[conclusion]} text=${conclusions[
          conclusion
        ]} /></p>
        <p>${conclusions[`${conclusion}Means`]}</p>
        <h3>${t.checks}</h3>
        <${VerdictBadges} verification=${verification} />
        <${UsedKeyView} usedKey=${record.key} />
        ${session === undefined ? null : html`
          <section>
            <h3>${isProven ? t.content : t.contentUnproven}</h3>
            <${RecordSummary} bytes=${ocmf} verification=${verification} />
            <${Fold} title=${t.fields}>
              <${RecordFields} bytes=${ocmf} verification=${verification} />
              <//>
              </section>
        `}
        ${ocmf.length === 0 ? null : html`
          <${Fold} title=${t.rawText}>
            <pre class="mono verify-long" tabindex="0">${new TextDecoder().decode(ocmf)}</pre>
            <//>
        `}
      </article>
  `;
}

/** Details that are rendered when a person opens them: an input can have hundreds of records. */
function Fold({ title, children }: { readonly title: string; readonly children?: unknown }): VNode {
  const [isOpen, setOpen] = useState(false);
  const onToggle = (event: Event) => setOpen((event.currentTarget as HTMLDetailsElement).open);
  return html`<details onToggle=${onToggle}><summary>${title}</summary>${isOpen ? children : null}</details>`;
}
