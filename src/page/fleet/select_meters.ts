import type { MeterRow } from "../../view/mod.ts";
import type { FleetFilter, ShownKind, SortKey } from "./fleet_filter.ts";
import { hasProblem, isCharging, isUnreachable, urgencyOf } from "./meter_state.ts";

/** The meters of the table. */
export interface SelectedMeters {
  /** The meters that fit text, site and version. */
  readonly matching: readonly MeterRow[];
  /** Those that are shown, sorted. */
  readonly shown: readonly MeterRow[];
  /** How many of the matching meters each choice of `show` has. */
  readonly counts: Readonly<Record<ShownKind, number>>;
}

/** Whether a choice of `show` has a meter. */
const isShown: Readonly<Record<ShownKind, (row: MeterRow) => boolean>> = {
  all: () => true,
  problems: hasProblem,
  charging: isCharging,
  unreachable: isUnreachable,
};

/** Rows that compare equal stay in the order of their names. */
const orders: Readonly<Record<SortKey, (row: MeterRow) => number>> = {
  problems: urgencyOf,
  name: () => 0,
  power: ({ powerW }) => powerW === undefined ? Infinity : -powerW,
  energy: ({ importWh }) => importWh === undefined ? Infinity : -importWh,
  // Meters without a reading first, then the oldest
  age: ({ readingAt }) => readingAt === undefined ? -Infinity : Date.parse(readingAt),
};

/** Selects and sorts meters for the table. It remembers the text of each row, because few rows change in a second. */
export class MeterSelector {
  readonly #texts = new WeakMap<MeterRow, string>();

  /** @param rows sorted by site and name */
  select(rows: readonly MeterRow[], { show, text, site, version, sort }: FleetFilter): SelectedMeters {
    const matching = rows.filter((row) =>
      (site === undefined || row.site === site) && (version === undefined || row.version === version) &&
      (text === "" || this.#textOf(row).includes(text))
    );
    const counts = { all: matching.length, problems: 0, charging: 0, unreachable: 0 };
    for (const row of matching) {
      if (hasProblem(row)) counts.problems++;
      if (isCharging(row)) counts.charging++;
      if (isUnreachable(row)) counts.unreachable++;
    }
    const chosen = show === "all" ? matching : matching.filter(isShown[show]);
    return { matching, counts, shown: sort === "name" ? chosen : sorted(chosen, orders[sort]) };
  }

  #textOf(row: MeterRow): string {
    let text = this.#texts.get(row);
    if (text === undefined) {
      const { site, meter, state, meterId = "", model = "", transaction, faults } = row;
      const parts = [site, meter, state, meterId, model, transaction?.state ?? "", transaction?.id ?? ""];
      text = [...parts, ...faults.map(({ subType }) => subType)].join(" ").toLowerCase();
      this.#texts.set(row, text);
    }
    return text;
  }
}

function sorted(rows: readonly MeterRow[], orderOf: (row: MeterRow) => number): readonly MeterRow[] {
  return rows.map((row) => ({ row, order: orderOf(row) })).sort(({ order: one }, { order: other }) =>
    one === other ? 0 : one < other ? -1 : 1
  ).map(({ row }) => row);
}
