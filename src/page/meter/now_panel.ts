import type { MeterRow } from "../../view/mod.ts";
import { Badge } from "../shell/badge.ts";
import { useFormats } from "../shell/formats.ts";
import { type ComponentChildren, html, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import { useRouter } from "../shell/router.ts";
import { meterTexts } from "../texts/meter.ts";
import { transactionTexts } from "../texts/states.ts";

/** The most important values of a meter, in large letters. */
export function NowPanel({ row, nowMs }: { readonly row: MeterRow; readonly nowMs: number }): VNode {
  const t = useTexts(meterTexts);
  const formats = useFormats();
  const { href } = useRouter();
  const { site, meter, powerW, importWh, exportWh, readingAt } = row;
  return html`
    <section aria-label=${t.now}>
      <dl class="figures">
          ${figure(t.power, powerW === undefined ? undefined : formats.power(powerW))}
          ${figure(t.imported, importWh === undefined ? undefined : formats.energy(importWh))}
          ${figure(t.exported, exportWh === undefined ? undefined : formats.energy(exportWh))}
          ${figure(t.transaction, html`<${Transaction} row=${row} />`)}
          ${figure(
            t.age,
            readingAt === undefined
              ? undefined
              : html`<span title=${formats.dateTime(readingAt)}>${formats.age(nowMs - Date.parse(readingAt))}</span>`,
          )}
        </dl>
      <p class="no-print"><a href=${href("/sessions", { site, meter })}>${t.sessions}</a></p>
    </section>
  `;
}

function figure(name: string, value: ComponentChildren): VNode | null {
  if (value === undefined) return null;
  return html`
    <div class="figure">
      <dt>${name}</dt>
      <dd><span class="figure-value">${value}</span></dd>
    </div>
  `;
}

function Transaction({ row: { site, meter, transaction } }: { readonly row: MeterRow }): VNode {
  const { href } = useRouter();
  const names: Readonly<Record<string, string>> = useTexts(transactionTexts);
  const { state = "idle", id } = transaction ?? {};
  const tone = state === "corrupted" ? "problem" : state === "idle" || state === "finished" ? "quiet" : "info";
  return html`<span><${Badge} tone=${tone} text=${names[state] ?? state} />${
    id === undefined ? null : html`
      <a class="mono small" href=${href("/sessions", { site, meter, transaction: id })}>${id}</a>
    `
  }</span>`;
}
