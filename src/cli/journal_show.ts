import { timestamp } from "../base/time.ts";
import type { JournalReader, StoredChange, StoredRecord, StoredTransaction } from "../journal/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { type JournalLocation, withJournal } from "./journal_folder.ts";
import { factLines, recordObject, recordText } from "./journal_record.ts";
import { jsonLine, lines } from "./safe_text.ts";
import { ambiguousText, matchingIds } from "./transaction_prefix.ts";

/** What to show. */
export interface JournalShowArguments extends JournalLocation {
  /** Transaction id, or number of a record. */
  readonly id: string;
  readonly json: boolean;
}

/** Everything in the journal about one transaction, or about a record without a transaction. */
interface TransactionHistory {
  readonly transaction?: StoredTransaction;
  readonly changes: readonly StoredChange[];
  readonly records: readonly StoredRecord[];
}

/**
 * Shows everything about a transaction or a record: request, changes of state, verdict, and the explained record. The
 * id is first looked up as a transaction id, then as the number of a record, then as the beginning of one transaction id.
 *
 * @returns the exit code: 0 done, 1 the id is unknown, 2 the journal cannot be read
 */
export function journalShow(args: JournalShowArguments, io: Pick<Io, "out" | "err" | "env">): Promise<number> {
  return withJournal(args, io, (journal) => {
    let histories = find(journal, args.id);
    if (histories.length === 0) {
      const [id, ...others] = matchingIds(journal, args.id);
      if (id !== undefined && others.length > 0) {
        io.err(lines(...ambiguousText(args.id, [id, ...others])));
        return exitCode.failed;
      }
      if (id !== undefined) histories = find(journal, id);
    }
    for (const history of histories) {
      io.out(args.json ? jsonLine(historyObject(history)) : lines(...historyText(history)));
    }
    if (histories.length > 0) return exitCode.done;
    io.err(lines(`${journal.path} has no transaction ${args.id} and no record with this number`));
    return exitCode.failed;
  });
}

function find(journal: JournalReader, id: string): TransactionHistory[] {
  const transactions = journal.transactions({ transactionId: id });
  const records = journal.records({ transactionId: id });
  if (transactions.length > 0 || records.length > 0) return histories(journal, transactions, records);
  const record = /^\d{1,15}$/.test(id) ? journal.record(Number(id)) : undefined;
  if (record === undefined) return [];
  const own = record.transactionId === undefined ? undefined : journal.transaction(record.meter, record.transactionId);
  return histories(journal, own === undefined ? [] : [own], [record]);
}

/** The same id on two meters means two transactions. */
function histories(
  journal: JournalReader,
  transactions: readonly StoredTransaction[],
  records: readonly StoredRecord[],
): TransactionHistory[] {
  const known = transactions.map((transaction) => ({
    transaction,
    changes: journal.changes(transaction.seq),
    records: records.filter((record) => record.meter === transaction.meter),
  }));
  const others = records.filter((record) => !known.some((history) => history.records.includes(record)));
  return [...known, ...others.map((record) => ({ changes: [], records: [record] }))];
}

function historyText({ transaction, changes, records }: TransactionHistory): string[] {
  const head = transaction === undefined ? [] : [
    `Transaction ${transaction.transactionId}`,
    ...factLines([
      ["meter", `${transaction.meter} (${transaction.meterId})`],
      ["evse", transaction.evseId],
      ["state", transaction.reason === undefined ? transaction.state : `${transaction.state}: ${transaction.reason}`],
      ["started", timeText(transaction.startedAtMs)],
      ["stopped", timeText(transaction.stoppedAtMs)],
    ]),
    ...(transaction.request === undefined
      ? ["  no request: the transaction was found on the meter"]
      : requestLines(transaction.request)),
    "  changes",
    ...changes.map(({ atMs, state, reason }) =>
      `    ${timestamp(atMs)}  ${reason === undefined ? state : `${state}: ${reason}`}`
    ),
    ...(records.length === 0 ? ["  no record"] : []),
    "",
  ];
  return [...head, ...records.flatMap((record) => [...recordText(record), ""])];
}

function requestLines(request: string): string[] {
  const fields = parsed(request);
  if (typeof fields !== "object" || fields === null) return ["  request", `    ${request}`];
  const lines = Object.entries(fields).map(([name, value]) =>
    `    ${name.padEnd(22)}  ${typeof value === "string" ? value : JSON.stringify(value)}`
  );
  return ["  request", ...lines];
}

/** The parsed request; the text itself if it is not valid JSON. */
function parsed(request: string): unknown {
  try {
    return JSON.parse(request);
  } catch {
    return request;
  }
}

function historyObject({ transaction, changes, records }: TransactionHistory): Record<string, unknown> {
  const { request } = transaction ?? {};
  return {
    ...(transaction !== undefined && {
      transaction: {
        meter: transaction.meter,
        meter_id: transaction.meterId,
        transaction_id: transaction.transactionId,
        evse_id: transaction.evseId,
        state: transaction.state,
        reason: transaction.reason,
        started_at: timeText(transaction.startedAtMs),
        stopped_at: timeText(transaction.stoppedAtMs),
        request: request === undefined ? undefined : parsed(request),
        changes: changes.map(({ state, reason, atMs }) => ({ state, reason, at: timestamp(atMs) })),
      },
    }),
    records: records.map((record) => recordObject(record)),
  };
}

function timeText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : timestamp(ms);
}
