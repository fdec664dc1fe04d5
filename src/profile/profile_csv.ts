import { minuteMs, timestamp } from "../base/time.ts";
import { zoneOffsetMinutes } from "../base/time_zone.ts";
import type { DayProfile, ProfileEntry } from "./day_profile.ts";

const columns = [
  ...["meter", "number", "start", "end", "local_start", "import_Wh", "export_Wh", "average_power_W"] as const,
  ...["largest_minute_power_W", "register_import_Wh", "register_export_Wh", "meter_id", "readings", "quality"] as const,
  ...["gap_start", "gap_end", "gap_import_Wh", "gap_export_Wh"] as const,
];

type Row = Readonly<Partial<Record<typeof columns[number], string | number | undefined>>>;

/**
 * A load profile as CSV, one line for each meter and interval. An interval whose energy is unknown has no values; the
 * first one of a gap has the energy of the whole gap.
 */
export function profileCsv({ day, meters }: DayProfile): string {
  const rows = meters.flatMap(({ meter, entries }) =>
    entries.map((entry, index): Row => ({
      meter,
      number: entry.number,
      start: timestamp(entry.startMs),
      end: timestamp(entry.endMs),
      local_start: localTime(entry.startMs, day.timeZone),
      ...measuredRow(entry),
      quality: entry.quality,
      ...(entry.gap === entries[index - 1]?.gap ? {} : gapRow(entry)),
    }))
  );
  return [columns.join(","), ...rows.map((row) => columns.map((column) => row[column] ?? "").join(","))]
    .map((line) => `${line}\r\n`).join("");
}

function measuredRow({ measured, startMs, endMs }: ProfileEntry): Row {
  if (measured === undefined) return {};
  const { importWh, exportWh } = measured;
  const averageW = (importWh - (exportWh ?? 0)) * 60 * minuteMs / (endMs - startMs);
  return {
    import_Wh: importWh,
    export_Wh: exportWh,
    average_power_W: Math.round(averageW * 10) / 10,
    largest_minute_power_W: measured.largestMinuteW,
    register_import_Wh: measured.importRegisterWh,
    register_export_Wh: measured.exportRegisterWh,
    meter_id: cell(measured.meterId),
    readings: measured.readings,
  };
}

function gapRow({ gap }: ProfileEntry): Row {
  if (gap === undefined) return {};
  return {
    gap_start: gap.start,
    gap_end: gap.end,
    gap_import_Wh: gap.import_Wh,
    gap_export_Wh: gap.export_Wh,
  };
}

/** With its offset, because an hour repeats when the clocks are set back: `2026-10-25T02:15:00+01:00`. */
function localTime(atMs: number, timeZone: string): string {
  const offset = zoneOffsetMinutes(timeZone, atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const local = timestamp(atMs + offset * minuteMs).slice(0, 19);
  return `${local}${offset < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`;
}

/** A text from a meter: quoted if necessary, and never a formula of a spreadsheet. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
