import type { MeterRow, NodeRow } from "../../view/mod.ts";
import { AgeText } from "../shell/age_text.ts";
import { Badge } from "../shell/badge.ts";
import { type Formats, useFormats } from "../shell/formats.ts";
import { h, html, useMemo, type VNode } from "../shell/html.ts";
import { type TextsOf, useTexts } from "../shell/language.ts";
import { type Router, useRouter } from "../shell/router.ts";
import { useFleet } from "../shell/use_fleet.ts";
import { type Column, VirtualTable } from "../shell/virtual_table.ts";
import { fleetTexts } from "../texts/fleet.ts";
import { stateTexts } from "../texts/states.ts";
import { hasNodeProblem } from "./meter_state.ts";

/** All nodes, those with problems first. */
export function NodesView(): VNode {
  const t = useTexts(fleetTexts);
  const states = useTexts(stateTexts);
  const formats = useFormats();
  const router = useRouter();
  const { state, version } = useFleet();
  const { rows, columns } = useMemo(() => ({
    // The sort is stable: nodes stay in the order of their sites
    rows: [...state.nodes()].sort((one, other) => Number(hasNodeProblem(other)) - Number(hasNodeProblem(one))),
    columns: nodeColumns({ t, states, formats, router, meters: metersBySite(state.meters()) }),
  }), [version, t, states, formats, router]);
  const table = h(VirtualTable<NodeRow>, {
    label: t.nodes,
    class: "nodes-table",
    columns,
    rows,
    rowKey: ({ site, instance }) => `${site} ${instance}`,
    rowClass: (row) => hasNodeProblem(row) ? "is-problem" : "",
    rowRem: { wide: 2.25, narrow: 6.5 },
  });
  return html`<div>${table}</div>`;
}

interface CellParts {
  readonly t: TextsOf<typeof fleetTexts>;
  readonly states: TextsOf<typeof stateTexts>;
  readonly formats: Formats;
  readonly router: Router;
  readonly meters: ReadonlyMap<string, SiteMeters>;
}

function nodeColumns({ t, states, formats, router, meters }: CellParts): Column<NodeRow>[] {
  const number = (value: number) => value === 0 ? html`<span class="quiet">0</span>` : formats.number(value);
  return [
    { name: "state", title: t.state, cell: (node) => nodeBadge(node, states) },
    {
      name: "site",
      title: t.site,
      cell: ({ site }) => html`<a href=${router.href("/fleet", { site })} title=${t.metersOfSite}>${site}</a>`,
    },
    {
      name: "meters",
      title: t.online,
      isNumber: true,
      cell: ({ site }) => {
        const { online = 0, all = 0 } = meters.get(site) ?? {};
        return `${formats.number(online)} ${t.ofMeters(formats.number(all))}`;
      },
    },
    {
      name: "lines",
      title: t.lines,
      isNumber: true,
      cell: ({ lines }) =>
        `${lines.filter(({ state }) => state === "open").length} ${t.ofMeters(formats.number(lines.length))}`,
    },
    { name: "waiting", title: t.waiting, isNumber: true, cell: (node) => number(node.undeliveredRecords) },
    { name: "spooled", title: t.spooled, isNumber: true, cell: (node) => number(node.spooledReadings) },
    { name: "dropped", title: t.dropped, isNumber: true, cell: (node) => number(node.droppedReadings) },
    { name: "version", title: t.version, cell: ({ version }) => version },
    {
      name: "started",
      title: t.startedAt,
      isNumber: true,
      cell: ({ startedAt }) => html`<${AgeText} at=${startedAt} formats=${formats} />`,
    },
    { name: "problems", title: t.nodeProblems, cell: (node) => problemCell(node, t) },
  ];
}

function nodeBadge({ isLost, state }: NodeRow, states: CellParts["states"]): VNode {
  if (isLost) return html`<${Badge} tone="problem" text=${states.lost} />`;
  return html`<${Badge} tone=${state === "online" ? "ok" : "quiet"} text=${states[state]} />`;
}

function problemCell({ faults, problems, lines }: NodeRow, t: CellParts["t"]): VNode {
  const texts = [
    ...faults.map(({ subType, message }) => `${subType}: ${message}`),
    ...problems,
    ...lines.filter(({ state }) => state === "closed").map(({ name }) => t.lineClosed(name)),
  ];
  return html`<span class="cut" title=${texts.join("\n")}>${texts.join("; ")}</span>`;
}

interface SiteMeters {
  readonly online: number;
  readonly all: number;
}

function metersBySite(rows: readonly MeterRow[]): ReadonlyMap<string, SiteMeters> {
  const sites = new Map<string, SiteMeters>();
  for (const { site, state } of rows) {
    const { online, all } = sites.get(site) ?? { online: 0, all: 0 };
    sites.set(site, { online: online + (state === "online" ? 1 : 0), all: all + 1 });
  }
  return sites;
}
