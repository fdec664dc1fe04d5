import { errorText } from "../base/log.ts";
import type { StoredRecord } from "../journal/mod.ts";
import { serialNumberIn } from "../meter/mod.ts";
import { type Expected, recordFacts, type Verification, verifyRecord } from "../ocmf/mod.ts";
import type { DeskOptions } from "./desk_options.ts";

/**
 * Judges a stored record and keeps the verdict beside it. A record that is not good raises the fault
 * `RecordNotVerified`, the next good one clears it; nothing here withholds a record.
 */
export async function judgeRecord(options: DeskOptions, record: StoredRecord): Promise<void> {
  const { journal, meter, log } = options;
  try {
    const { firstKey, lastPagination } = journal.memory(record.meterId);
    const expected: Expected = {
      ...(record.transactionId !== undefined && { transactionId: record.transactionId }),
      ...(record.meterId !== "" && { serialNumber: serialNumberIn(record.meterId) }),
      ...(lastPagination !== undefined && { lastPagination }),
      ...(firstKey !== undefined && { pinnedKey: firstKey }),
    };
    const verdict = verifyRecord(record.ocmf, record.publicKey, expected);
    const facts = recordFacts(record.ocmf);
    report(options, record, verdict);
    await journal.judge(record.seq, verdict, {
      key: record.publicKey === "" ? undefined : record.publicKey,
      pagination: facts.paginationLetter === "T" ? facts.pagination : undefined,
    });
  } catch (error) {
    meter.faults.raise("JournalFailed", errorText(error));
    log.error(errorText(error), { meter: meter.name, record: record.seq });
  }
}

function report({ meter }: DeskOptions, record: StoredRecord, verdict: Verification): void {
  if (verdict.signature === "valid" && verdict.session !== "violated") return meter.faults.clear("RecordNotVerified");
  const problems = verdict.problems.length === 0 ? "" : `: ${verdict.problems.join("; ")}`;
  meter.faults.raise(
    "RecordNotVerified",
    `The record of transaction ${record.transactionId ?? "without an id"} has signature ${verdict.signature}, ` +
      `session ${verdict.session}${problems}`,
  );
}
