import { useFaultAdvice } from "../faults/use_fault_advice.ts";
import { useFormats } from "../shell/formats.ts";
import { html, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import { useRouter } from "../shell/router.ts";
import { useFleet, useNow } from "../shell/use_fleet.ts";
import { fleetTexts } from "../texts/fleet.ts";
import { hasNodeProblem } from "./meter_state.ts";
import { NodeProblemList } from "./node_problem_list.ts";

/** More nodes than these are shown only in the view of the nodes. */
const maxShown = 3;

/** The nodes with problems, above the meters: a problem of a node is the cause of those of its meters. */
export function NodeProblems(): VNode | null {
  const t = useTexts(fleetTexts);
  const formats = useFormats();
  const { href } = useRouter();
  const { state } = useFleet();
  const nowMs = useNow();
  const advice = useFaultAdvice();
  const nodes = state.nodes().filter(hasNodeProblem);
  if (nodes.length === 0) return null;
  return html`<section class="panel problems" aria-label=${t.nodesWithProblems}>
    ${
    nodes.slice(0, maxShown).map((node) =>
      html`
        <article key=${`${node.site} ${node.instance}`}>
          <h2>${t.node} <a href=${href("/fleet", { site: node.site })} title=${t.metersOfSite}>${node.site}</a></h2>
          <${NodeProblemList} node=${node} advice=${advice} nowMs=${nowMs} />
        </article>
      `
    )
  }
    ${
    nodes.length <= maxShown
      ? null
      : html`<p><a href=${href("/fleet", { view: "nodes" })}>${t.allNodes(formats.number(nodes.length))}</a></p>`
  }
  </section>`;
}
