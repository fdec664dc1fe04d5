import { join } from "node:path";
import { type OutputCase, runInCase, type Seen } from "./output_cases.ts";

/** A command of the table, with what is expected of it. */
export interface Row {
  /** `journal list` */
  readonly command: string;
  /** `NEW` in it is replaced by the path of a file that does not exist. */
  readonly args: readonly string[];
  /** Exit code while its output can be written. */
  readonly code: number;
  readonly cases: readonly OutputCase[];
  /** Its lines are not wider than the terminal. */
  readonly fits?: boolean;
  readonly isWithoutNats?: boolean;
}

/** Runs one case of a row. */
export function runRow(row: Row, where: OutputCase, folder: string): Promise<Seen> {
  const fresh = join(Deno.makeTempDirSync({ dir: folder }), "new");
  return runInCase([...row.command.split(" "), ...row.args.map((arg) => arg.replace("NEW", fresh))], where);
}

/** Runs all cases of a row. @returns what is wrong, in a sentence for each case */
export async function checkRow(
  row: Row,
  folder: string,
  onSeen?: (where: string, seen: Seen) => void,
): Promise<string[]> {
  const problems: string[] = [];
  // Commands without a case "pipe" print at once: their output cannot be written in the other cases
  let prints = !row.cases.includes("pipe");
  for (const where of row.cases) {
    const seen = await runRow(row, where, folder);
    if (where === "pipe") prints = seen.out !== "";
    onSeen?.(row.isWithoutNats === true ? "without NATS" : where, seen);
    const problem = problemOf(row, where, seen, prints);
    if (problem !== undefined) {
      problems.push(`${row.command}, ${where}: ${problem}; code ${seen.code}\n${seen.out.slice(0, 1000)}${seen.err}`);
    }
  }
  return problems;
}

function problemOf(row: Row, where: OutputCase, seen: Seen, prints: boolean): string | undefined {
  const all = seen.out + seen.err;
  if (/Uncaught|\bat (async )?file:\/\//.test(all)) return "a stack trace";
  if (hasColour(all)) return "a colour";
  const cannotWrite = /Cannot write to standard output/g;
  const sentences = seen.err.match(cannotWrite)?.length ?? 0;
  const isLost = prints && (where === "closed reader" || where === "full disk");
  if (sentences !== (isLost && where === "full disk" ? 1 : 0)) return `${sentences} sentences about the full disk`;
  // A command that prints nothing notices a closed reader only if it runs long enough
  const isNoticed = where === "closed reader" && seen.code === 1;
  if (!isNoticed && seen.code !== (isLost ? 1 : row.code)) return `not the exit code ${isLost ? 1 : row.code}`;
  const columns = where === "80 columns" ? 80 : where === "160 columns" ? 160 : undefined;
  if (row.fits !== true || columns === undefined) return undefined;
  const wide = seen.out.split("\r\n").find((line) => line.length > columns);
  return wide === undefined ? undefined : `a line is too wide: ${wide}`;
}

/** Whether the text selects a colour or another rendition (SGR). */
function hasColour(text: string): boolean {
  return text.split("\x1b[").slice(1).some((after) => /^[0-9;]*m/.test(after));
}
