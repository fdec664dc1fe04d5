import { join } from "node:path";
import { errorText, type Log } from "./log.ts";
import { replacePrivate } from "./private_files.ts";

/** File in the state folder that contains the number of starts. */
const fileName = "starts";

/**
 * Counts a start of the service and stores the number in the state folder. If the file is damaged, the count begins
 * again; if it cannot be written, this start is not counted after the next one. Both are logged.
 *
 * @param stateDir an existing folder that no other process uses
 * @returns the number of starts, with this one
 */
export function countStart(stateDir: string, log: Log): number {
  const path = join(stateDir, fileName);
  const starts = readStarts(path, log) + 1;
  try {
    replacePrivate(path, `${starts}\n`);
  } catch (error) {
    log.warn("Cannot store the number of starts; the metric wattseal_starts_total does not count this one", {
      path,
      reason: errorText(error),
    });
  }
  return starts;
}

function readStarts(path: string, log: Log): number {
  const text = "The number of starts cannot be read; the metric wattseal_starts_total begins with 1 again";
  try {
    const stored = Deno.readTextFileSync(path).trim();
    if (/^\d{1,15}$/.test(stored)) return Number(stored);
    log.warn(text, { path, reason: "it is not a number" });
  } catch (error) {
    // Without the file, this is the first start here
    if (!(error instanceof Deno.errors.NotFound)) log.warn(text, { path, reason: errorText(error) });
  }
  return 0;
}
