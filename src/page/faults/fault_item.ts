import type { FaultAdvice, ShownFault } from "../../view/mod.ts";
import { severityTone } from "../fleet/meter_state.ts";
import { Badge } from "../shell/badge.ts";
import { useFormats } from "../shell/formats.ts";
import { html, type VNode } from "../shell/html.ts";
import { useLanguage, useTexts } from "../shell/language.ts";
import { MarkedText } from "../shell/marked_text.ts";
import { faultSentence } from "../texts/fault_sentences.ts";
import { faultTexts } from "../texts/faults.ts";
import { severityTexts } from "../texts/states.ts";

/** An active fault with its message, and with cause and remedy of the documents. The message is that of the service. */
export function FaultItem({ fault, advice, nowMs }: {
  readonly fault: ShownFault;
  readonly advice: FaultAdvice | undefined;
  readonly nowMs: number;
}): VNode {
  const t = useTexts(faultTexts);
  const severities: Readonly<Record<string, string>> = useTexts(severityTexts);
  const formats = useFormats();
  const { subType, severity, message, since } = fault;
  return html`<li class="fault">
    <div class="fault-head">
      <${Badge} tone=${severityTone(severity)} text=${subType} title=${t.severity(severities[severity] ?? severity)} />
      <span class="quiet">${severities[severity] ?? severity}, ${t.since(formats.time(since, nowMs))}${" "}(${
    formats.age(nowMs - Date.parse(since))
  })</span>
    </div>
    <p lang="en">${message}</p>
    ${
    advice === undefined ? null : html`
      <dl class="advice">
        <dt>${t.cause}</dt>
        <${AdviceText} english=${advice.cause} />
        <dt>${t.remedy}</dt>
        <${AdviceText} english=${advice.remedy} />
      </dl>
    `
  }
  </li>`;
}

function AdviceText({ english }: { readonly english: string }): VNode {
  const { text, lang } = faultSentence(english, useLanguage());
  return html`
    <dd lang=${lang}>
      <${MarkedText} text=${text} />
    </dd>
  `;
}
