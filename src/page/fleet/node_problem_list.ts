import type { FaultAdviceTable, NodeRow } from "../../view/mod.ts";
import { FaultItem } from "../faults/fault_item.ts";
import { Badge } from "../shell/badge.ts";
import { html, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import { fleetTexts } from "../texts/fleet.ts";
import { stateTexts } from "../texts/states.ts";

/** What is wrong with a node: its faults with the remedies, problems with NATS, and closed lines. */
export function NodeProblemList({ node, advice, nowMs }: {
  readonly node: NodeRow;
  readonly advice: FaultAdviceTable | undefined;
  readonly nowMs: number;
}): VNode {
  const t = useTexts(fleetTexts);
  const states = useTexts(stateTexts);
  const { isLost, faults, problems, lines } = node;
  return html`<ul class="faults">
    ${
    isLost
      ? html`
        <li class="fault">
          <div class="fault-head">
            <${Badge} tone="problem" text=${states.lost} />
          </div>
          <p>${t.nodeLost}</p>
        </li>
      `
      : null
  }
    ${
    faults.map((fault) =>
      html`<${FaultItem} key=${fault.subType} fault=${fault} nowMs=${nowMs} advice=${advice?.node[fault.subType]} />`
    )
  }
    ${
    problems.map((problem) =>
      html`
        <li key=${problem} class="fault">
          <p lang="en">${problem}</p>
        </li>
      `
    )
  }
    ${
    lines.filter(({ state }) => state === "closed").map(({ name }) =>
      html`
        <li key=${name} class="fault">
          <p>${t.lineClosed(name)}</p>
        </li>
      `
    )
  }
  </ul>`;
}
