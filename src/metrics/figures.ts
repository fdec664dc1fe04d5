import type { LineReport, MeterFigures } from "../contract/mod.ts";

/** The verdicts on a record that are counted. `violated`: the signature is valid, but the session is not. */
export const countedVerdicts = ["valid", "violated", "invalid", "unverifiable", "malformed"] as const;

/** The present values of the service. A value that is not known is absent. */
export interface ServiceFigures {
  /** Wall clock in milliseconds when the service was started. */
  readonly startedAtMs: number;
  /** How often the service was started with this state folder. */
  readonly starts: number;
  /** Whether NATS is connected. */
  readonly isConnected: boolean;
  /** Whether the clock of the machine is synchronised. */
  readonly clockSynchronised?: boolean | undefined;
  /** Size of the files of the journal. */
  readonly journalBytes?: number | undefined;
  /** The disk of the state folder. */
  readonly disk?: {
    /** Free space for an ordinary user. */
    readonly freeBytes: number;
    /** Size of the disk. */
    readonly totalBytes: number;
  } | undefined;
  /** Records that are not delivered yet. */
  readonly undelivered?: number | undefined;
  /** Time that the oldest of them has waited; 0: there is none. */
  readonly undeliveredAgeMs?: number | undefined;
  /** Readings in the spool. */
  readonly spoolReadings: number;
  /** Records since the start, by verdict. */
  readonly verdicts: ReadonlyMap<string, number>;
  /** The faults of the process that are raised now. */
  readonly faults: readonly string[];
  /** The lines, with the counts of their meters. */
  readonly lines: readonly LineReport[];
  /** The meters. */
  readonly meters: readonly MeterFigures[];
}

/** Quantiles of a time in milliseconds; undefined: not known yet. */
export interface DelayFigures {
  /** The delays of the event loop. */
  readonly loopDelayMs: { readonly p50: number; readonly p99: number } | undefined;
}

/** All values from which metrics are made. */
export type Figures = ServiceFigures & DelayFigures;
