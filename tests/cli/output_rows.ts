import { columnsOf, isLost, type OutputCase, runAllInCase, type Seen } from "./output_cases.ts";

/** A command of the table, with what is expected of it. */
export interface Row {
  /** `journal list` */
  readonly command: string;
  readonly args: readonly string[];
  /** Exit code while its output can be written. */
  readonly code: number;
  /** Another exit code, which is right on a busy machine. */
  readonly busyCode?: number;
  /** What it prints to one of both streams, while its output can be written. */
  readonly prints: RegExp;
  /** Its lines are not wider than the terminal. */
  readonly fits?: boolean;
  /** Each run prints the same. */
  readonly repeats?: boolean;
}

/** A row with what was seen in one case. */
export interface SeenRow {
  readonly row: Row;
  readonly where: OutputCase;
  readonly seen: Seen;
}

/** Runs all rows in one case, one after the other. */
export async function runRows(rows: readonly Row[], where: OutputCase): Promise<SeenRow[]> {
  const seen = await runAllInCase(rows.map(({ command, args }) => [...command.split(" "), ...args]), where);
  return rows.flatMap((row, index) => {
    const found = seen[index];
    return found === undefined ? [] : [{ row, where, seen: found }];
  });
}

/**
 * What is wrong, in a sentence.
 *
 * @param whole what the same row printed into a pipe
 */
export function problemOf({ row, where, seen }: SeenRow, whole: Seen): string | undefined {
  const fault = faultOf(row, where, seen, whole);
  if (fault === undefined) return undefined;
  return `${row.command}, ${where}: ${fault}; code ${seen.code}\n${seen.out.slice(0, 1000)}${seen.err}`;
}

function faultOf(row: Row, where: OutputCase, seen: Seen, whole: Seen): string | undefined {
  const all = seen.out + seen.err;
  if (/Uncaught|\bat (async )?file:\/\//.test(all)) return "a stack trace";
  if (hasColour(all)) return "a colour";
  const cannotWrite = seen.err.match(/Cannot write to standard output/g)?.length ?? 0;
  const isCut = whole.out !== "" && isLost(where);
  if (cannotWrite !== (isCut && where === "full disk" ? 1 : 0)) return `${cannotWrite} sentences about the full disk`;
  // A command that prints nothing notices a closed reader only if it runs long enough
  const isNoticed = where === "closed reader" && seen.code === 1;
  const isRight = isNoticed || (isCut ? seen.code === 1 : seen.code === row.code || seen.code === row.busyCode);
  if (!isRight) return `not the exit code ${isCut ? 1 : row.code}`;
  if (isCut || isNoticed) return undefined;
  if (!row.prints.test(all.replaceAll("\r\n", "\n"))) return `its output has no match of ${row.prints}`;
  if (row.repeats === true && where === "socket" && seen.out !== whole.out) return "not as complete as in a pipe";
  const columns = row.fits === true ? columnsOf(where) : undefined;
  const wide = columns && seen.out.split("\r\n").find((line) => line.length > columns);
  return wide === undefined ? undefined : `a line is too wide: ${wide}`;
}

/** Whether the text selects a colour or another rendition (SGR). */
export function hasColour(text: string): boolean {
  return text.split("\x1b[").slice(1).some((after) => /^[0-9;]*m/.test(after));
}
