import { printable } from "../base/text.ts";
/** A column of a table: title, width in characters, and alignment. */
export interface Column {
  readonly title: string;
  readonly width: number;
  readonly side: "left" | "right";
}

const gap = "  ";

/** Returns the width of a table with these columns. */
export function widthOf(columns: readonly Pick<Column, "width">[]): number {
  return columns.reduce((sum, { width }) => sum + width + gap.length, 0) - gap.length;
}

/** Formats a table as lines of text without colours, so it can be written to a file. Long cells are cut. */
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

/** Formats a value with this number of decimals; empty if there is no value. */
export function decimals(value: number | undefined, places: number): string {
  return value === undefined ? "" : value.toFixed(places);
}

/** Returns the printable text with at most `width` characters. A cut text ends with `~`. */
export function cutText(text: string, width: number): string {
  const shown = printable(text);
  return shown.length <= width ? shown : `${shown.slice(0, width - 1)}~`;
}

/** Returns the printable text as lines of at most `width` characters, broken at spaces. A longer word is cut. */
export function wrappedText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of printable(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && longer.length > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((shown) => cutText(shown, width));
}
