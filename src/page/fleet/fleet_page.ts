import { html, type VNode } from "../shell/html.ts";
import { textsOf, useTexts } from "../shell/language.ts";
import type { Page, PageProps } from "../shell/page.ts";
import { useFleet } from "../shell/use_fleet.ts";
import { fleetTexts } from "../texts/fleet.ts";
import { filterOf, type FleetFilter } from "./fleet_filter.ts";
import { FleetSummary } from "./fleet_summary.ts";
import { MetersView } from "./meters_view.ts";
import { NodeProblems } from "./node_problems.ts";
import { NodesView } from "./nodes_view.ts";
import { ViewTabs } from "./view_tabs.ts";

/** All meters and nodes, those with problems first. */
function FleetPage({ query }: PageProps): VNode {
  const t = useTexts(fleetTexts);
  const { isLoaded } = useFleet();
  return html`<div class="fleet">
    <h1 tabindex="-1" class="hidden">${t.title}</h1>
    ${
    isLoaded
      ? html`<${FleetContent} filter=${filterOf(query)} />`
      : html`<p class="quiet" role="status">${t.loading}</p>`
  }
  </div>`;
}

function FleetContent({ filter }: { readonly filter: FleetFilter }): VNode {
  const { state } = useFleet();
  const isNodes = filter.view === "nodes";
  return html`<div>
    <${FleetSummary} />
    ${isNodes ? null : html`<${NodeProblems} />`}
    <${ViewTabs} view=${filter.view} meters=${state.meters().length} nodes=${state.nodes().length} />
    ${isNodes ? html`<${NodesView} />` : html`<${MetersView} filter=${filter} />`}
  </div>`;
}

/** `/fleet` */
export const fleetPage: Page = {
  path: "/fleet",
  isInNavigation: true,
  title: (language) => textsOf(fleetTexts, language).title,
  component: FleetPage,
};

/** `/`: the fleet as well. */
export const homePage: Page = { ...fleetPage, path: "/", isInNavigation: false };
