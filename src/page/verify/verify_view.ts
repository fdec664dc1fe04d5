import { verifyTexts } from "../texts/verify.ts";
import { html, useEffect, useMemo, useState, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import { Notice } from "../shell/notice.ts";
import { type CheckedInput, checkRecords } from "./check_records.ts";
import { emptyInput, type GivenInput, InputPanel } from "./input_panel.ts";
import { RecordResult } from "./record_result.ts";

/** A person who types does not need a result for each letter. */
const pauseMs = 200;

/** Verifies records in the browser. It sends nothing, and needs no server. */
export function VerifyView(): VNode {
  const t = useTexts(verifyTexts);
  const [input, setInput] = useState<GivenInput>(emptyInput);
  const settled = useSettled(input);
  const checked = useMemo(() => check(settled), [settled]);
  return html`<div class="verify">
    <h1 tabindex="-1">${t.title}</h1>
    <p>${t.intro}</p>
    <${InputPanel} input=${input} change=${setInput} keyProblem=${checked?.keyProblem} />
    <h2>${t.result}</h2>
    <p role="status" class="verify-summary">${summary(t, checked)}</p>
    ${checked === undefined ? null : html`<${Results} checked=${checked} />`}
  </div>`;
}

function Results({ checked: { records, left } }: { readonly checked: CheckedInput }): VNode {
  const t = useTexts(verifyTexts);
  if (records.length === 0) return html`<p class="quiet">${t.noRecordHint}</p>`;
  return html`<div>
    ${left > 0 ? html`<${Notice} tone="warning" title=${t.left(left)} />` : null}
    ${
    records.map((record, index) =>
      html`<${RecordResult} key=${index} record=${record} number=${index + 1} count=${records.length} />`
    )
  }
  </div>`;
}

function summary(t: ReturnType<typeof useTexts<typeof verifyTexts>>, checked: CheckedInput | undefined): string {
  if (checked === undefined) return t.nothingYet;
  const { records } = checked;
  if (records.length === 0) return t.noRecord;
  return t.summary(records.filter(({ conclusion }) => conclusion === "genuine").length, records.length);
}

function check({ bytes, key }: GivenInput): CheckedInput | undefined {
  return bytes.length === 0 ? undefined : checkRecords(bytes, key);
}

/** The value after it has not changed for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(() => value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
