import { printable } from "../base/printable.ts";
/** A column of a table: its title, its width in characters, and on which side its cells stand. */
export interface Column {
  readonly title: string;
  readonly width: number;
  readonly side: "left" | "right";
}

const gap = "  ";

/** How wide a table of these columns is. */
export function widthOf(columns: readonly Pick<Column, "width">[]): number {
  return columns.reduce((sum, { width }) => sum + width + gap.length, 0) - gap.length;
}

/** A table as lines of text; without colours, so that it can go to a file. Cells that are too long are cut. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    columns.map(({ width, side }, place) => {
      const cell = cutText(cells[place] ?? "", width);
      return side === "left" ? cell.padEnd(width) : cell.padStart(width);
    }).join(gap).trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ width }) => "-".repeat(width))),
    ...rows.map(line),
  ];
}

/** A value with so many decimals; empty where there is none. */
export function decimals(value: number | undefined, places: number): string {
  return value === undefined ? "" : value.toFixed(places);
}

/** A text as it is shown, of at most `width` characters; one that was cut ends with `~`. */
export function cutText(text: string, width: number): string {
  const shown = printable(text);
  return shown.length <= width ? shown : `${shown.slice(0, width - 1)}~`;
}
