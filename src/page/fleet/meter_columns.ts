import type { MeterRow } from "../../view/mod.ts";
import { AgeText } from "../shell/age_text.ts";
import { Badge } from "../shell/badge.ts";
import type { Formats } from "../shell/formats.ts";
import { html, type VNode } from "../shell/html.ts";
import type { TextsOf } from "../shell/language.ts";
import { meterPath } from "../shell/meter_path.ts";
import type { Router } from "../shell/router.ts";
import type { Column } from "../shell/virtual_table.ts";
import type { fleetTexts } from "../texts/fleet.ts";
import type { stateTexts } from "../texts/states.ts";
import type { SortKey } from "./fleet_filter.ts";
import { severityTone, stateTone } from "./meter_state.ts";

/** What the cells of a meter need. */
export interface MeterCellParts {
  readonly t: TextsOf<typeof fleetTexts>;
  readonly states: TextsOf<typeof stateTexts>;
  readonly transactions: Readonly<Record<string, string>>;
  readonly formats: Formats;
  readonly router: Pick<Router, "href" | "setQuery">;
  /** The present order. */
  readonly sort: SortKey;
}

/** The columns of the table of meters. */
export function meterColumns(parts: MeterCellParts): Column<MeterRow>[] {
  const { t, states, formats, router } = parts;
  return [
    {
      name: "state",
      title: t.state,
      sort: sortBy(parts, "problems", "descending"),
      // Called as a function: a component for each row of a fast scroll costs time
      cell: ({ state }) => Badge({ tone: stateTone(state), text: states[state] }),
    },
    {
      name: "site",
      title: t.site,
      sort: sortBy(parts, "name", "ascending"),
      cell: ({ site }) => html`<a class="cut quiet-link" href=${router.href("/fleet", { site })}>${site}</a>`,
    },
    {
      name: "meter",
      title: t.meter,
      cell: ({ site, meter }) => html`<a class="cut" href=${router.href(meterPath(site, meter))}>${meter}</a>`,
    },
    {
      name: "power",
      title: t.power,
      isNumber: true,
      sort: sortBy(parts, "power", "descending"),
      cell: ({ powerW }) => powerW === undefined ? "" : formats.power(powerW),
    },
    {
      name: "energy",
      title: t.energy,
      isNumber: true,
      sort: sortBy(parts, "energy", "descending"),
      cell: ({ importWh }) => importWh === undefined ? "" : formats.energy(importWh),
    },
    {
      name: "age",
      title: t.age,
      isNumber: true,
      sort: sortBy(parts, "age", "descending"),
      cell: (row) => ageCell(row, parts),
    },
    { name: "transaction", title: t.transaction, cell: (row) => transactionCell(row, parts) },
    { name: "faults", title: t.faults, cell: (row) => faultsCell(row, parts) },
  ];
}

function sortBy({ router, sort }: MeterCellParts, key: SortKey, direction: "ascending" | "descending") {
  const apply = () => router.setQuery({ sort: key === "problems" ? undefined : key });
  return { isActive: sort === key, direction, apply };
}

function ageCell({ readingAt }: MeterRow, { t, formats }: MeterCellParts): VNode {
  return html`<span class="quiet">${
    readingAt === undefined ? t.noReading : html`<${AgeText} at=${readingAt} formats=${formats} />`
  }</span>`;
}

function transactionCell({ transaction }: MeterRow, { transactions }: MeterCellParts): VNode | null {
  if (transaction === undefined || transaction.state === "idle") return null;
  const { state, id = "" } = transaction;
  const tone = state === "corrupted" ? "problem" : state === "finished" ? "quiet" : "info";
  return html`<span class="cut" title=${id}><${Badge} tone=${tone} text=${transactions[state] ?? state} />
    ${" "}<span class="mono quiet">${id}</span></span>`;
}

function faultsCell({ faults }: MeterRow, { t }: MeterCellParts): VNode | null {
  const [first, ...others] = faults;
  if (first === undefined) return null;
  const title = faults.map(({ subType, message }) => `${subType}: ${message}`).join("\n");
  return html`<span class="cut" title=${title}><${Badge} tone=${severityTone(first.severity)} text=${first.subType} />
    ${
    others.length === 0 ? null : html`
      <span class="quiet">${t.moreFaults(others.length)}</span>
    `
  }
    ${" "}<span class="quiet" lang="en">${first.message}</span></span>`;
}
