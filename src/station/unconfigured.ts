import type { Log } from "../base/log.ts";
import type { LineSettings } from "../config/mod.ts";
import type { LiveJournal } from "../journal/mod.ts";
import { placesOf } from "./compare_lines.ts";

/**
 * Logs the transactions that an earlier process has left open on meters that are no longer configured.
 *
 * @param names the meters of earlier processes
 * @throws {JournalError} the journal cannot be read
 */
export function reportUnconfigured(
  names: readonly string[],
  lines: readonly LineSettings[],
  journal: Pick<LiveJournal, "openTransactions">,
  log: Log,
): void {
  const configured = placesOf(lines);
  for (const meter of names.filter((name) => !configured.has(name))) {
    for (const { transactionId } of journal.openTransactions(meter)) {
      log.warn(
        `Transaction ${transactionId} is open on meter ${meter}, which is no longer configured: its record stays on the ` +
          "meter until a meter is configured at this address, with this or another name",
      );
    }
  }
}
