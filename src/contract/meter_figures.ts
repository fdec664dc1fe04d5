/** The present values of one meter, for metrics. A value that is not known is absent. */
export interface MeterFigures {
  /** Name in the configuration. */
  readonly name: string;
  /** Name of its line. */
  readonly line: string;
  /** Whether it answers. */
  readonly state: "connecting" | "online" | "offline" | "stopped";
  /** The faults that are raised now. */
  readonly faults: readonly string[];
  /** Active power of the last reading; absent while the meter is not online. */
  readonly powerW?: number | undefined;
  /** Whole Wh from the grid, as last read. */
  readonly energyImportWh?: number | undefined;
  /** Whole Wh to the grid, as last read. */
  readonly energyExportWh?: number | undefined;
  /** Time since the last reading; absent before the first one. */
  readonly readingAgeMs?: number | undefined;
  /** Whether a transaction is starting, running or stopping. */
  readonly isTransactionOpen: boolean;
  /** Time since its begin; absent if there is none, or if it is not known when it began. */
  readonly transactionAgeMs?: number | undefined;
}
