import { errorText } from "../base/log.ts";
import type { Settings } from "../config/mod.ts";
import type { RecordFilter, StoredRecord } from "../journal/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { type JournalLocation, withJournal } from "./journal_folder.ts";
import { recordObject, recordText, verificationOf } from "./journal_record.ts";
import { jsonLine, lines, type SafeText } from "./safe_text.ts";
import { countText } from "../base/text.ts";
import { availableWidth, type RecordRow, recordRow, recordTable, verdictSummary } from "./record_table.ts";

/** Which records to list. */
export interface JournalListArguments extends JournalLocation, Pick<RecordFilter, "meter" | "undelivered" | "limit"> {
  readonly json: boolean;
  /** Shows everything about each record instead of one line. */
  readonly full?: boolean | undefined;
}

/**
 * Lists the records of a journal, oldest first: as a table, with `full` one after the other with
 * explanations, or with `json` one published result per line, with `seq`, `meter` and, after delivery, `delivered_at`.
 *
 * @returns the exit code: 0 done, 1 a record could not be shown, 2 the journal cannot be read or the meter is unknown
 */
export function journalList(
  args: JournalListArguments,
  io: Pick<Io, "out" | "err" | "env" | "terminalSize">,
): Promise<number> {
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
    if (args.full === true) printRecords(records, io);
    else printTable(records, io);
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
    let line: SafeText;
    try {
      line = jsonLine(recordObject(record, site));
    } catch (error) {
      io.err(lines(`Cannot show record ${record.seq}: ${errorText(error)}`));
      code = exitCode.failed;
      continue;
    }
    io.out(line);
  }
  return code;
}

/** Undelivered records have a mark after their number. */
function printTable(records: Iterable<StoredRecord>, io: Pick<Io, "out" | "terminalSize">): void {
  const rows: RecordRow[] = [];
  let waiting = 0;
  for (const record of records) {
    const isWaiting = record.deliveredAtMs === undefined;
    if (isWaiting) waiting++;
    const { seq, meter, transactionId, ocmf } = record;
    const number = `${seq}${isWaiting ? "*" : " "}`;
    rows.push(recordRow({ number, meter, transactionId, ocmf, verification: verificationOf(record) }));
  }
  for (const line of recordTable(rows, availableWidth(io))) io.out(lines(line));
  const verdicts = verdictSummary(rows.map(({ verdict }) => verdict));
  io.out(lines(`${verdicts}; ${waiting} undelivered${waiting > 0 ? " (*)" : ""}`));
}

function printRecords(records: Iterable<StoredRecord>, io: Pick<Io, "out">): void {
  let count = 0;
  let waiting = 0;
  for (const record of records) {
    count++;
    if (record.deliveredAtMs === undefined) waiting++;
    io.out(lines(...recordText(record), ""));
  }
  io.out(lines(`${countText(count, "record")}, ${waiting} undelivered`));
}
