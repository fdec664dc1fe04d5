import type { RevisedInterval, Sample } from "../../src/interval/mod.ts";
import { minuteMs } from "../../src/base/time.ts";

/** Where the samples of a test begin: a boundary of every interval. */
export const startMs = Date.UTC(2026, 0, 31, 8);
/** A quarter of an hour. */
export const quarterMs = 15 * minuteMs;

/** A reading of the energies, this long after the start. */
export function sample(afterMs: number, importWh: number, more: Partial<Sample> = {}): Sample {
  return {
    meterId: "A.2024",
    atMs: startMs + afterMs,
    registers: { importWh, exportWh: 7 },
    isReading: true,
    isClockGood: true,
    ...more,
  };
}

/** An interval in short: minutes after the start, energy, quality, and revision above 1. */
export function short({ startMs: from, endMs, importWh, quality, revision }: RevisedInterval): string {
  const minutes = (atMs: number) => (atMs - startMs) / minuteMs;
  return `${minutes(from)}-${minutes(endMs)}: ${importWh} ${quality}${revision === 1 ? "" : `, revision ${revision}`}`;
}

/** An interval of one meter. */
export const interval: RevisedInterval = {
  startMs,
  endMs: startMs + quarterMs,
  parts: [{ meterId: "A.2024", start: { importWh: 1_000, exportWh: 7 }, end: { importWh: 1_250, exportWh: 8 } }],
  importWh: 250,
  exportWh: 1,
  averageW: 996,
  largestMinuteW: 1_500.5,
  readings: 900,
  quality: "measured",
  revision: 1,
};

/** An interval in which the meter was replaced by one without a register of exported energy. */
export const replacedInterval: RevisedInterval = {
  startMs,
  endMs: startMs + quarterMs,
  parts: [
    { meterId: "A.2024", start: { importWh: 1_000, exportWh: 7 }, end: { importWh: 1_100, exportWh: 7 } },
    { meterId: "B.2025", start: { importWh: 3 }, end: { importWh: 40 } },
  ],
  importWh: 137,
  averageW: 548,
  readings: 700,
  quality: "meter_replaced",
  revision: 2,
};
