/** Values of one reading, for a chart. */
export interface HistoryPoint {
  /** When the reading was taken, in milliseconds since 1970. */
  readonly at: number;
  /** Sum of all phases, in watts; positive: import. */
  readonly powerW?: number;
  /** Voltage of each phase, in volts. */
  readonly voltageV?: { readonly L1?: number; readonly L2?: number; readonly L3?: number };
}

/** Readings of one meter over a period. */
export interface MeterHistory {
  /** Begin of the period, RFC 3339. */
  readonly from: string;
  /** End of the period, RFC 3339. */
  readonly to: string;
  /** In the order of time, at most 1,500. */
  readonly points: readonly HistoryPoint[];
  /** Whether the whole period was read. */
  readonly isComplete: boolean;
}
