import { countText, printable } from "../base/text.ts";
import { explainRecord, recordFacts, type Verification } from "../ocmf/mod.ts";
import type { Io } from "./io.ts";
import { fittedColumns, type FlexibleColumn } from "./fitted_columns.ts";
import { textTable, widthOf } from "./text_table.ts";

/** A record, and what is known about it beside its bytes. */
interface ListedRecord {
  /** Its number in the journal or the file. */
  readonly number?: string;
  /** Name of the meter; undefined: not known. */
  readonly meter?: string;
  /** Its transaction; undefined: the id in the record. */
  readonly transactionId?: string | undefined;
  readonly ocmf: Uint8Array;
  readonly verification: Verification;
}

const titles = ["no", "meter", "EVSE", "transaction", "begin (UTC)", "duration", "energy", "verdict"] as const;
type Title = typeof titles[number];

/** The cells of a record, by the title of their column. */
export type RecordRow = Readonly<Record<Title, string>>;

const minWidths: Readonly<Partial<Record<Title, number>>> = { meter: 6, EVSE: 6, transaction: 8 };

/** The terminal that a table must fit; a terminal that does not know its width has 80 columns. */
export function availableWidth({ terminalSize }: Pick<Io, "terminalSize">): number {
  const size = terminalSize();
  return size === undefined ? Infinity : size.columns || 80;
}

/**
 * A table with one line for each record. If it is too wide, the EVSE is omitted where the meter is named, and then long
 * ids are cut. Only values that are wider than the screen are cut, too.
 *
 * @param width in characters
 */
export function recordTable(rows: readonly RecordRow[], width: number): string[] {
  if (rows.length === 0) return [];
  const all = titles.map((title): FlexibleColumn & { title: Title; cells: string[] } => {
    const cells = rows.map((row) => printable(row[title]));
    const widest = cells.reduce((most, cell) => Math.max(most, cell.length), title.length);
    const side = title === "no" || title === "duration" || title === "energy" ? "right" : "left";
    return { title, side, cells, width: widest, minWidth: minWidths[title] ?? widest };
  }).filter(({ cells }) => cells.some((cell) => cell !== ""));
  const isMeterNamed = all.some(({ title }) => title === "meter");
  const shown = widthOf(all) <= width || !isMeterNamed ? all : all.filter(({ title }) => title !== "EVSE");
  const columns = fittedColumns(shown, width);
  return textTable(columns, rows.map((_, index) => columns.map(({ cells }) => cells[index] ?? "")));
}

/** The verdicts as one expression: the first one that is not good. `check`: all are good, but there are remarks. */
export function verdictText({ signature, session, key, problems }: Verification): string {
  if (signature !== "valid") return signature;
  if (session !== "ok") return session;
  if (key === "changed") return "key changed";
  return problems.length === 0 ? "valid" : "check";
}

/** How many records have which verdict: `3 records: 2 valid, 1 violated`. */
export function verdictSummary(verdicts: readonly string[]): string {
  const groups = [...Map.groupBy(verdicts, (verdict) => verdict)].map(([verdict, { length }]) =>
    `${length} ${verdict}`
  );
  const text = countText(verdicts.length, "record");
  return groups.length === 0 ? text : `${text}: ${groups.join(", ")}`;
}

/** The line of a record in a table. */
export function recordRow({ number, meter, transactionId, ocmf, verification }: ListedRecord): RecordRow {
  const facts = recordFacts(ocmf);
  const explained = explainRecord(ocmf, verification);
  const valuesOf = (field: string) => explained.flatMap((line) => line.field === field ? [line.value] : []);
  return {
    no: number ?? "",
    meter: meter ?? "",
    EVSE: facts.evseId ?? "",
    transaction: transactionId ?? facts.transactionId ?? "-",
    "begin (UTC)": facts.beginAtMs === undefined ? "-" : minuteText(facts.beginAtMs),
    duration: valuesOf("duration")[0] ?? "-",
    energy: valuesOf("energy").join(" / ") || "-",
    verdict: verdictText(verification),
  };
}

function minuteText(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 16).replace("T", " ");
}
