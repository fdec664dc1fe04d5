import type { LineReport, MeterFigures } from "../../src/contract/mod.ts";
import type { Figures } from "../../src/metrics/figures.ts";

const errorsByKind = { timeout: 3, crc: 1, unexpected_answer: 0, exception: 2 };
const stats = { exchanges: 100, errors: 4, errorsByKind, latencyMs: { p50: 12.5, p99: 40 } };

/** A meter with all values. */
export function meterFigures(name: string, line: string): MeterFigures {
  return {
    name,
    line,
    state: "online",
    faults: ["ClockNotSet"],
    powerW: -1500.5,
    energyImportWh: 12_345,
    energyExportWh: 0,
    readingAgeMs: 450,
    isTransactionOpen: true,
    transactionAgeMs: 61_000,
  };
}

/** An open line with meters. */
export function lineReport(name: string, meters: readonly string[]): LineReport {
  return {
    name,
    state: "open",
    utilisation: 0.25,
    ...stats,
    meters: meters.map((meter) => ({ name: meter, skippedReadings: 1, ...stats })),
  } as LineReport;
}

/** The values of a service with one line, with the changes of a test. */
export function figuresOf(changes: Partial<Figures> = {}): Figures {
  return {
    startedAtMs: Date.UTC(2026, 5, 1),
    starts: 7,
    clockSynchronised: true,
    journalBytes: 4096,
    disk: { freeBytes: 1e9, totalBytes: 4e9 },
    undelivered: 2,
    undeliveredAgeMs: 1500,
    isConnected: true,
    spoolReadings: 12,
    verdicts: new Map([["valid", 5]]),
    faults: ["DiskNearlyFull"],
    lines: [lineReport("rs485-1", ["evse-1", "evse-2"])],
    meters: ["evse-1", "evse-2"].map((name) => meterFigures(name, "rs485-1")),
    loopDelayMs: { p50: 0.5, p99: 8 },
    ...changes,
  };
}
