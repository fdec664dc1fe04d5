import { useFormats } from "../shell/formats.ts";
import { html, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import { useRouter } from "../shell/router.ts";
import { fleetTexts } from "../texts/fleet.ts";
import type { FleetFilter } from "./fleet_filter.ts";

/** The choice between meters and nodes. */
export function ViewTabs({ view, meters, nodes }: {
  readonly view: FleetFilter["view"];
  /** Number of meters. */
  readonly meters: number;
  /** Number of nodes. */
  readonly nodes: number;
}): VNode {
  const t = useTexts(fleetTexts);
  const formats = useFormats();
  const { href } = useRouter();
  const tab = (name: FleetFilter["view"], text: string, count: number) =>
    html`
      <a class="tab" href=${href("/fleet", { view: name === "meters" ? undefined : name })}
        aria-current=${view === name ? "true" : undefined}>${text} <span class="quiet">${formats.number(
          count,
        )}</span></a>
    `;
  return html`<nav class="tabs no-print" aria-label=${t.views}>
    ${tab("meters", t.meters, meters)}${tab("nodes", t.nodes, nodes)}
  </nav>`;
}
