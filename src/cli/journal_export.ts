import { fileProblem } from "../base/file_problem.ts";
import { systemTime, timestamp } from "../base/time.ts";
import { JournalError, type JournalReader, type RecordFilter, type StoredRecord } from "../journal/mod.ts";
import { xmlContainer, xmlValue } from "../ocmf/mod.ts";
import { ocmfResult } from "../contract/mod.ts";
import { csvHeader, csvRow } from "../view/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { type JournalLocation, withJournal } from "./journal_folder.ts";
import { openOutput, type Output } from "./output.ts";
import { OutputError } from "./process_output.ts";
import { lines } from "./safe_text.ts";
import { ambiguousText, matchingIds } from "./transaction_prefix.ts";

/** What to export, and where to. */
export interface JournalExportArguments extends JournalLocation, Pick<RecordFilter, "meter" | "sinceMs" | "untilMs"> {
  /**
   * `jsonl`: the published results, one per line; `xml`: the container of the S.A.F.E. transparency software; `csv`: the
   * session of each record, for spreadsheets.
   */
  readonly format: "jsonl" | "xml" | "csv";
  /** Only the records of this transaction: its id, or a unique beginning. @default all */
  readonly id?: string | undefined;
  /** File. @default standard output */
  readonly output?: string | undefined;
}

/** How a format is written. */
interface Format {
  readonly begin: string;
  readonly end: string;
  /** @param site undefined if the journal is named by its folder */
  record(record: StoredRecord, site: string | undefined): string;
}

const formats: Readonly<Record<JournalExportArguments["format"], Format>> = {
  jsonl: { begin: "", end: "", record: (record, site) => `${JSON.stringify(ocmfResult(record, site))}\n` },
  xml: { ...xmlContainer, record: ({ seq, ocmf, publicKey }) => xmlValue(seq, ocmf, publicKey) },
  csv: { begin: csvHeader, end: "", record: csvRecord },
};

function csvRecord(record: StoredRecord, site: string | undefined): string {
  const { messageId, deliveredAtMs } = record;
  const result = ocmfResult(record, site);
  return csvRow({
    journalSeq: result.journal_seq,
    messageId,
    site: result.site,
    meter: result.meter,
    meterId: result.meter_id,
    transactionId: result.transaction_id,
    reason: result.reason,
    readAt: result.read_at,
    deliveredAt: deliveredAtMs === undefined ? undefined : timestamp(deliveredAtMs),
    verification: result.verification,
    session: result.session,
  });
}

type ExportIo = Pick<Io, "out" | "err" | "env" | "interrupted">;

/**
 * Exports records, oldest first. `verify` reads all formats but `csv`, which does not contain the records themselves.
 *
 * @returns the exit code: 0 done, 1 the id is unknown or ambiguous, or the rest of the records could not be written,
 * 2 the journal cannot be read or the file cannot be created, 130 interrupted: then there is no file
 */
export function journalExport(args: JournalExportArguments, io: ExportIo): Promise<number> {
  return withJournal(args, io, async (journal, settings) => {
    const ids = args.id === undefined ? undefined : matchingIds(journal, args.id, args.meter);
    if (ids !== undefined && ids.length !== 1) {
      const problem = ids.length > 1
        ? ambiguousText(args.id ?? "", ids)
        : [`${journal.path} has no transaction ${args.id}`];
      io.err(lines(...problem));
      return exitCode.failed;
    }
    let output: Output;
    try {
      output = openOutput(args.output, io);
    } catch (error) {
      io.err(lines(`Cannot write to ${args.output}: ${fileProblem(error)}`));
      return exitCode.usage;
    }
    try {
      const code = await writeRecords(journal, { ...args, transactionId: ids?.[0], site: settings?.site }, output, io);
      if (code === exitCode.interrupted) output.cancel();
      else output.finish();
      return code;
    } catch (error) {
      output.cancel();
      if (error instanceof JournalError || error instanceof OutputError) throw error;
      io.err(lines(`Cannot continue to write to ${args.output ?? "standard output"}: ${fileProblem(error)}`));
      return exitCode.failed;
    }
  });
}

async function writeRecords(
  journal: JournalReader,
  { meter, transactionId, sinceMs, untilMs, format, site }:
    & JournalExportArguments
    & Pick<RecordFilter, "transactionId">
    & { readonly site: string | undefined },
  output: Output,
  io: ExportIo,
): Promise<number> {
  const { begin, end, record: textOf } = formats[format];
  let count = 0;
  output.write(begin);
  for (const record of journal.eachRecord({ meter, transactionId, sinceMs, untilMs })) {
    // Lets a pending signal run
    if (++count % 100 === 0) await systemTime.sleep(0);
    if (io.interrupted.aborted) return exitCode.interrupted;
    output.write(textOf(record, site));
  }
  output.write(end);
  if (count === 0) io.err(lines("No records"));
  return exitCode.done;
}
