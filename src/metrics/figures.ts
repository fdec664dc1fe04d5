import type { LineReport, MeterFigures } from "../contract/mod.ts";
import type { NodeFigures } from "../health/mod.ts";

/** The verdicts on a record that are counted. `violated`: the signature is valid, but the session is not. */
export const countedVerdicts = ["valid", "violated", "invalid", "unverifiable", "malformed"] as const;

/** The present values of the service. A value that is not known is absent. */
export interface ServiceFigures extends NodeFigures {
  /** Whether NATS is connected. */
  readonly isConnected: boolean;
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
