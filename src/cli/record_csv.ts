import { printable } from "../base/text.ts";
import { timestamp } from "../base/time.ts";
import { type OcmfResult, ocmfResult } from "../contract/mod.ts";
import type { StoredRecord } from "../journal/mod.ts";

type Session = Exclude<OcmfResult["session"], undefined>;
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

/**
 * A record as one line of CSV. The columns of the register have values if exactly one register is billed.
 *
 * @param site undefined if it is not known
 */
export function csvRecord(record: StoredRecord, site: string | undefined): string {
  const row = rowOf(record, ocmfResult(record, site));
  return csvLine(columns.map((column) => {
    const text = String(row[column] ?? "");
    return numberColumns.has(column) ? text : textCell(text);
  }));
}

function rowOf(
  { messageId, deliveredAtMs }: StoredRecord,
  result: OcmfResult,
): Readonly<Record<Column, string | number | boolean | undefined>> {
  const { verification: { signature, session: verdict, key, problems }, session } = result;
  const { obis, direction, begin_Wh, end_Wh, loss_Wh } = onlyBilled(session);
  const { assigned, type, level, flags, data } = session?.identification ?? {};
  return {
    journal_seq: result.journal_seq,
    message_id: messageId,
    site: result.site,
    meter: result.meter,
    meter_id: result.meter_id,
    transaction_id: result.transaction_id,
    reason: result.reason,
    read_at: result.read_at,
    delivered_at: deliveredAtMs === undefined ? undefined : timestamp(deliveredAtMs),
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
function onlyBilled(session: Session | undefined): Partial<Session["registers"][number]> {
  const [register, ...others] = session?.registers.filter(({ billed }) => billed) ?? [];
  return others.length === 0 ? register ?? {} : {};
}

/**
 * A text that a spreadsheet does not calculate and a terminal does not execute. An apostrophe precedes what a
 * spreadsheet takes for a formula, and another apostrophe, so that a program can remove the first one of each text.
 */
function textCell(text: string): string {
  const shown = text.replace(/[^\r\n\t]+/g, printable);
  return /^(?:'|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/.test(shown) ? `'${shown}` : shown;
}

/** One line according to RFC 4180. */
function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return `${quoted.join(",")}\r\n`;
}
