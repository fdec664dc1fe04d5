import { type Column, widthOf } from "./text_table.ts";

/** A column, with how it becomes narrower. */
export interface FlexibleColumn extends Column {
  /** Its values need this width to be useful. */
  readonly minWidth: number;
}

/**
 * Makes columns narrower until the table fits: first down to their minimum, the last column first; then, for values that
 * no usual table has, the widest column.
 *
 * @param width in characters
 */
export function fittedColumns<T extends FlexibleColumn>(columns: readonly T[], width: number): T[] {
  const widths = columns.map((column) => column.width);
  let excess = widthOf(columns) - width;
  for (const [place, { minWidth }] of [...columns.entries()].reverse()) {
    const cut = Math.min(Math.max(0, excess), Math.max(0, (widths[place] ?? 0) - minWidth));
    widths[place] = (widths[place] ?? 0) - cut;
    excess -= cut;
  }
  for (let widest = Math.max(...widths); excess > 0 && widest > 1; excess--) {
    widths[widths.indexOf(widest)] = widest - 1;
    widest = Math.max(...widths);
  }
  return columns.map((column, place) => ({ ...column, width: widths[place] ?? column.width }));
}
