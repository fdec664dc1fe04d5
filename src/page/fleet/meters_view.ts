import type { MeterRow } from "../../view/mod.ts";
import { useFormats } from "../shell/formats.ts";
import { h, html, useMemo, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import { useRouter } from "../shell/router.ts";
import { useFleet } from "../shell/use_fleet.ts";
import { VirtualTable } from "../shell/virtual_table.ts";
import { fleetTexts } from "../texts/fleet.ts";
import { stateTexts, transactionTexts } from "../texts/states.ts";
import { FilterBar } from "./filter_bar.ts";
import type { FleetFilter } from "./fleet_filter.ts";
import { meterColumns } from "./meter_columns.ts";
import { hasProblem } from "./meter_state.ts";
import { MeterSelector } from "./select_meters.ts";

/** The table of the meters with its filters. */
export function MetersView({ filter }: { readonly filter: FleetFilter }): VNode {
  const t = useTexts(fleetTexts);
  const states = useTexts(stateTexts);
  const transactions = useTexts(transactionTexts);
  const formats = useFormats();
  const router = useRouter();
  const { state, version } = useFleet();
  const selector = useMemo(() => new MeterSelector(), []);
  const columns = useMemo(
    () => meterColumns({ t, states, transactions, formats, router, sort: filter.sort }),
    [t, states, transactions, formats, router, filter.sort],
  );
  const all = state.meters();
  const { show, text, site, version: onlyVersion, sort } = filter;
  const selected = useMemo(() => selector.select(all, filter), [version, show, text, site, onlyVersion, sort]);
  if (all.length === 0) {
    return html`
      <div class="panel empty">
        <p>${t.none}</p>
        <p class="quiet">${t.noneDetails}</p>
      </div>
    `;
  }
  return html`<div>
    <${FilterBar} filter=${filter} selected=${selected} all=${all.length} />
    ${
    selected.shown.length === 0
      ? html`
        <div class="panel empty">
          <p>${t.noMatch}</p>
          <p><a href=${router.href("/fleet")}>${t.showAll}</a></p>
        </div>
      `
      : h(VirtualTable<MeterRow>, {
        label: t.meters,
        class: "meters-table",
        columns,
        rows: selected.shown,
        rowKey: ({ site, meter }) => `${site} ${meter}`,
        rowClass: (row) => hasProblem(row) ? "is-problem" : "",
        rowRem: { wide: 2.25, narrow: 4.75 },
      })
  }
  </div>`;
}
