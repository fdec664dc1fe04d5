import { printable } from "../base/text.ts";
import type { SessionPayload } from "../contract/mod.ts";
import type { ShownVerification } from "./session_rows.ts";

/** A record and its session, for a table. */
export interface CsvRecord {
  readonly journalSeq?: number | undefined;
  /** `Nats-Msg-Id`. */
  readonly messageId: string;
  readonly site?: string | undefined;
  readonly meter?: string | undefined;
  readonly meterId?: string | undefined;
  readonly transactionId?: string | undefined;
  readonly reason: string;
  /** RFC 3339. */
  readonly readAt: string;
  /** RFC 3339; undefined: it is not delivered. */
  readonly deliveredAt?: string | undefined;
  readonly verification: ShownVerification;
  readonly session?: SessionPayload | undefined;
}

const columns = [
  ...["journal_seq", "message_id", "site", "meter", "meter_id", "transaction_id"] as const,
  ...["reason", "read_at", "delivered_at", "signature", "session", "key", "problems"] as const,
  ...["begin_at", "end_at", "duration_s", "time_quality", "energy_Wh"] as const,
  ...["obis", "direction", "begin_Wh", "end_Wh", "loss_Wh", "registers"] as const,
  ...["evse_id", "charging_point_type", "identification_assigned", "identification_type"] as const,
  ...["identification_level", "identification_flags", "identification_data"] as const,
  ...["tariff_text", "pagination", "meter_serial"] as const,
];

type Column = typeof columns[number];

/** The other columns are texts. */
const numberColumns: ReadonlySet<Column> = new Set<Column>(
  ["journal_seq", "duration_s", "energy_Wh", "begin_Wh", "end_Wh", "loss_Wh"],
);

/** The line with the names of the columns. */
export const csvHeader = csvLine(columns);

/** A record as one line of CSV. The columns of the register have values if exactly one register is billed. */
export function csvRow(record: CsvRecord): string {
  const row = rowOf(record);
  return csvLine(columns.map((column) => {
    const text = String(row[column] ?? "");
    return numberColumns.has(column) ? text : textCell(text);
  }));
}

function rowOf(record: CsvRecord): Readonly<Record<Column, string | number | boolean | undefined>> {
  const { verification: { signature, session: verdict, key, problems }, session } = record;
  const { obis, direction, begin_Wh, end_Wh, loss_Wh } = onlyBilled(session);
  const { assigned, type, level, flags, data } = session?.identification ?? {};
  return {
    journal_seq: record.journalSeq,
    message_id: record.messageId,
    site: record.site,
    meter: record.meter,
    meter_id: record.meterId,
    transaction_id: record.transactionId,
    reason: record.reason,
    read_at: record.readAt,
    delivered_at: record.deliveredAt,
    signature,
    session: verdict,
    key,
    problems: problems.join("; "),
    begin_at: session?.begin_at,
    end_at: session?.end_at,
    duration_s: session?.duration_s,
    time_quality: session?.time_quality,
    energy_Wh: session?.energy_Wh,
    obis,
    direction,
    begin_Wh,
    end_Wh,
    loss_Wh,
    registers: session && JSON.stringify(session.registers),
    evse_id: session?.evse_id,
    charging_point_type: session?.charging_point_type,
    identification_assigned: assigned,
    identification_type: type,
    identification_level: level,
    identification_flags: flags?.join(" "),
    identification_data: data,
    tariff_text: session?.tariff_text,
    pagination: session?.pagination,
    meter_serial: session?.meter_serial,
  };
}

/** The values of the billed register; none if several are billed. */
function onlyBilled(session: SessionPayload | undefined): Partial<SessionPayload["registers"][number]> {
  const [register, ...others] = session?.registers.filter(({ billed }) => billed) ?? [];
  return others.length === 0 ? register ?? {} : {};
}

/**
 * A text that a spreadsheet does not calculate and a terminal does not execute. An apostrophe precedes what a
 * spreadsheet takes for a formula, and another apostrophe, so that a program can remove the first one of each text. So it
 * is behind semicolons, tabs and line breaks, too: a German spreadsheet splits lines there, and ignores the quotes.
 */
function textCell(text: string): string {
  const shown = text.replace(/[^\r\n\t]+/g, printable);
  return shown.replace(/(?<=^|[;\t\r\n])(?='|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/g, "'");
}

/** One line according to RFC 4180. */
function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return `${quoted.join(",")}\r\n`;
}
