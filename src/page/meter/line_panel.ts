import type { LineRow, MeterDetail } from "../../view/mod.ts";
import { Badge } from "../shell/badge.ts";
import { type Formats, useFormats } from "../shell/formats.ts";
import { html, type VNode } from "../shell/html.ts";
import { KeyValues } from "../shell/key_values.ts";
import { useTexts } from "../shell/language.ts";
import { meterTexts } from "../texts/meter.ts";

/** How well the line works: counts of exchanges and their durations, as the node reports them. */
export function LinePanel({ detail: { node, statistics } }: { readonly detail: MeterDetail }): VNode {
  const t = useTexts(meterTexts);
  const formats = useFormats();
  return html`<section class="panel line" aria-label=${t.line}>
    <h2>${t.line}</h2>
    ${
    node === undefined
      ? html`<p class="quiet">${t.noNode}</p>`
      : html`<${KeyValues} entries=${[[t.node, node.instance], [t.nodeVersion, node.version]]} />`
  }
    ${
    statistics === undefined ? null : html`
      <h3>${t.exchangesOfMeter}</h3>
      <${KeyValues} entries=${[
        [t.exchanges, formats.number(statistics.exchanges)],
        [t.errors, errorsText(statistics.errors, statistics.errors_by_kind, formats)],
        [t.latency, latencyText(statistics.latency_ms, formats)],
        [t.skipped, formats.number(statistics.skipped_readings)],
      ]} />
    `
  }
    ${(node?.lines ?? []).map((line) => html`<${LineValues} key=${line.name} line=${line} />`)}
  </section>`;
}

function LineValues({ line }: { readonly line: LineRow }): VNode {
  const t = useTexts(meterTexts);
  const formats = useFormats();
  const isOpen = line.state === "open";
  return html`
    <div>
      <h3>${t.lineName} ${line.name}</h3>
      <${KeyValues} entries=${[
        [t.state, html`<${Badge} tone=${isOpen ? "ok" : "problem"} text=${isOpen ? t.open : t.closed} />`],
        [t.utilisation, formats.value(line.utilisation * 100, "%", 0)],
        [t.exchanges, formats.number(line.exchanges)],
        [t.errors, errorsText(line.errors, line.errorsByKind, formats)],
        [t.latency, latencyText(line.latencyMs, formats)],
      ]} />
    </div>
  `;
}

function errorsText(errors: number, byKind: Readonly<Record<string, number>>, formats: Formats): string {
  const kinds = Object.entries(byKind).filter(([, count]) => count > 0);
  const list = kinds.map(([kind, count]) => `${kind} ${formats.number(count)}`).join(", ");
  return list === "" ? formats.number(errors) : `${formats.number(errors)} (${list})`;
}

function latencyText(latency: { readonly p50: number; readonly p99: number } | undefined, formats: Formats) {
  if (latency === undefined) return undefined;
  return `${formats.value(latency.p50, "ms", 0)}, ${formats.value(latency.p99, "ms", 0)}`;
}
