import { errorText } from "../base/log.ts";
import { timestamp } from "../base/time.ts";
import type { Settings } from "../config/mod.ts";
import type { RecordFilter, StoredRecord } from "../journal/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { type JournalLocation, withJournal } from "./journal_folder.ts";
import { deliveryText, recordObject, verificationOf } from "./journal_record.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { countText, printable } from "../base/text.ts";

/** Which records to list. */
export interface JournalListArguments extends JournalLocation, Pick<RecordFilter, "meter" | "undelivered" | "limit"> {
  readonly json: boolean;
}

/**
 * Lists the records of a journal, oldest first: as a table, or with `json` one published result per line, with `seq`,
 * `meter` and, after delivery, `delivered_at`.
 *
 * @returns the exit code: 0 done, 1 a record could not be shown, 2 the journal cannot be read or the meter is unknown
 */
export function journalList(args: JournalListArguments, io: Pick<Io, "out" | "err" | "env">): Promise<number> {
  return withJournal(args, io, (journal, settings) => {
    const { meter, undelivered, limit } = args;
    if (meter !== undefined && !isConfigured(meter, settings)) {
      const known = journal.meters();
      if (!known.includes(meter)) {
        io.err(lines(`Unknown meter ${meter}: ${journal.path} has ${known.join(", ") || "none yet"}`));
        return exitCode.usage;
      }
    }
    const filter = { meter, undelivered };
    const records = limit === undefined ? journal.eachRecord(filter) : journal.records({ ...filter, limit });
    if (args.json) return printLines(records, settings?.site, io);
    io.out(lines(...table(records)));
    return exitCode.done;
  });
}

/** A configured meter may have no records yet. */
function isConfigured(meter: string, settings: Settings | undefined): boolean {
  return settings?.lines.some((line) => line.meters.some(({ name }) => name === meter)) === true;
}

function printLines(records: Iterable<StoredRecord>, site: string | undefined, io: Pick<Io, "out" | "err">): number {
  let code: number = exitCode.done;
  for (const record of records) {
    try {
      io.out(jsonLine(recordObject(record, site)));
    } catch (error) {
      io.err(lines(`Cannot show record ${record.seq}: ${errorText(error)}`));
      code = exitCode.failed;
    }
  }
  return code;
}

function table(records: Iterable<StoredRecord>): string[] {
  const rows = [["seq", "read", "meter", "transaction", "reason", "signature", "session", "key", "delivered"]];
  let waiting = 0;
  for (const record of records) {
    const { signature, session, key } = verificationOf(record);
    const { seq, readAtMs, meter, transactionId = "-", reason } = record;
    rows.push(
      [String(seq), timestamp(readAtMs), meter, transactionId, reason, signature, session, key, deliveryText(record)]
        .map(printable),
    );
    if (record.deliveredAtMs === undefined) waiting++;
  }
  const widths =
    rows[0]?.map((_, column) => rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0)) ?? [];
  const shown = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
  return [...shown, `${countText(rows.length - 1, "record")}, ${waiting} undelivered`];
}
