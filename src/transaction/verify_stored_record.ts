import { errorText } from "../base/log.ts";
import type { StoredRecord } from "../journal/mod.ts";
import { serialNumberIn } from "../meter/mod.ts";
import {
  type Expected,
  parsedFacts,
  ParsedRecord,
  type RecordFacts,
  recordFacts,
  type Verification,
  verifyParsed,
} from "../ocmf/mod.ts";
import type { MeterTransactionsOptions } from "./meter_transactions_options.ts";

/** The most earlier records that are searched for a pagination; records of corrupted files may have none. */
const maxRecordsSearched = 10;

/**
 * Verifies a stored record and stores the verdict. An invalid record raises the fault `RecordNotVerified`, and the next
 * valid one clears it. Never withholds a record.
 *
 * @param parsed the bytes of the record, if they are already parsed
 */
export async function verifyStoredRecord(
  options: MeterTransactionsOptions,
  record: StoredRecord,
  parsed: ParsedRecord = new ParsedRecord(record.ocmf),
): Promise<void> {
  const { journal, meter, log } = options;
  try {
    const { firstKey } = journal.memory(record.meterId);
    const facts = parsedFacts(parsed);
    const lastPagination = paginationBefore(options, record, facts);
    const expected: Expected = {
      ...(record.transactionId !== undefined && { transactionId: record.transactionId }),
      ...(record.meterId !== "" && { serialNumber: serialNumberIn(record.meterId) }),
      ...(lastPagination !== undefined && { lastPagination }),
      ...(firstKey !== undefined && { pinnedKey: firstKey }),
    };
    const verdict = verifyParsed(parsed, record.publicKey, expected);
    updateFault(options, record, verdict);
    await journal.storeVerdict(record.seq, verdict, {
      key: record.publicKey === "" ? undefined : record.publicKey,
      pagination: transactionNumber(facts),
    });
  } catch (error) {
    meter.faults.raise("JournalFailed", errorText(error));
    log.error(errorText(error), { meter: meter.name, record: record.seq });
  }
}

/**
 * The pagination before a record: that of the previous record in the journal, even if the meter had another id then
 * because its production year could not be read. The last known pagination of the meter may belong to this record or a
 * later one, so it counts only if the journal has no earlier record, and if it is smaller.
 */
function paginationBefore(
  { journal }: MeterTransactionsOptions,
  record: StoredRecord,
  facts: RecordFacts,
): number | undefined {
  for (const { ocmf } of journal.recordsBefore(record.seq, journal.idsOf(record.meterId), maxRecordsSearched)) {
    const before = transactionNumber(recordFacts(ocmf));
    if (before !== undefined) return before;
  }
  const { lastPagination } = journal.memory(record.meterId);
  const own = transactionNumber(facts);
  return own !== undefined && lastPagination !== undefined && lastPagination < own ? lastPagination : undefined;
}

/** The pagination of a transaction record; fiscal records have a separate count. */
function transactionNumber({ pagination, paginationLetter }: RecordFacts): number | undefined {
  return paginationLetter === "T" ? pagination : undefined;
}

function updateFault({ meter }: MeterTransactionsOptions, record: StoredRecord, verdict: Verification): void {
  if (verdict.signature === "valid" && verdict.session !== "violated") return meter.faults.clear("RecordNotVerified");
  const problems = verdict.problems.length === 0 ? "" : `: ${verdict.problems.join("; ")}`;
  meter.faults.raise(
    "RecordNotVerified",
    `The record of transaction ${record.transactionId ?? "without an id"} has signature ${verdict.signature}, ` +
      `session ${verdict.session}${problems}`,
  );
}
