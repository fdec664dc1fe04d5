import { timestamp } from "../base/time.ts";
import type { Registers, RevisedInterval } from "../interval/mod.ts";
import type { IntervalPayload } from "./meter_schemas.ts";

/**
 * The payload of `interval`.
 *
 * @param intervalMinutes distance of two boundaries
 */
export function intervalPayload(interval: RevisedInterval, intervalMinutes: number): IntervalPayload {
  const { parts, exportWh, largestMinuteW, startMs, endMs, importWh, averageW, readings, quality, revision } = interval;
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) {
    throw new RangeError("an interval without a meter cannot be published");
  }
  const meters = parts.map(({ meterId, start, end }) => ({
    meter_id: meterId,
    start: energies(start),
    end: energies(end),
  }));
  return {
    meter_id: last.meterId,
    start: timestamp(startMs),
    end: timestamp(endMs),
    interval_minutes: intervalMinutes,
    registers: { start: energies(first.start), end: energies(last.end) },
    import_Wh: importWh,
    ...(exportWh === undefined ? {} : { export_Wh: exportWh }),
    average_power_W: averageW,
    ...(largestMinuteW === undefined ? {} : { largest_minute_power_W: largestMinuteW }),
    readings,
    quality,
    revision,
    ...(meters.length === 1 ? {} : { meters }),
  };
}

/** The message id: equal for each attempt to publish one revision, and different for each revision. */
export function intervalMessageId(
  { site, meter }: { readonly site: string; readonly meter: string },
  { startMs, endMs, revision }: RevisedInterval,
): string {
  return `${site}:${meter}:interval:${timestamp(startMs)}/${timestamp(endMs)}:${revision}`;
}

function energies({ importWh, exportWh }: Registers): IntervalPayload["registers"]["start"] {
  return { import_Wh: importWh, ...(exportWh === undefined ? {} : { export_Wh: exportWh }) };
}
