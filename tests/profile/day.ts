import { minuteMs, timestamp } from "../../src/base/time.ts";
import type { IntervalPayload } from "../../src/contract/mod.ts";

/** A published interval that begins at a time and imports 100 Wh and one Wh more for each interval since 1970. */
export function published(startMs: number, minutes = 15, more: Partial<IntervalPayload> = {}): IntervalPayload {
  const number = startMs / (15 * minuteMs);
  const energy = (at: number) => ({ import_Wh: 1_000 + 100 * (at % 10_000), export_Wh: 50 });
  return {
    meter_id: "A.2024",
    start: timestamp(startMs),
    end: timestamp(startMs + minutes * minuteMs),
    interval_minutes: 15,
    registers: { start: energy(number), end: energy(number + minutes / 15) },
    import_Wh: 100 * minutes / 15,
    export_Wh: 0,
    average_power_W: 400,
    largest_minute_power_W: 500,
    readings: 900,
    quality: "measured",
    revision: 1,
    ...more,
  };
}

/** Intervals of a quarter of an hour from one time to another. */
export function quarters(fromMs: number, toMs: number): IntervalPayload[] {
  const count = (toMs - fromMs) / (15 * minuteMs);
  return Array.from({ length: count }, (_, index) => published(fromMs + index * 15 * minuteMs));
}
