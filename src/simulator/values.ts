/** A value for each phase. */
export interface PhaseValues {
  readonly L1: number;
  readonly L2: number;
  readonly L3: number;
}

/** What the meter measures, in engineering units; registers round it to their own step. */
export interface MeterValues {
  readonly voltageV: PhaseValues;
  /** Positive: import. */
  readonly currentA: PhaseValues;
  readonly powerW: PhaseValues & { readonly total: number };
  readonly reactivePowerVar: PhaseValues & { readonly total: number };
  /** 1: L1-L2-L3, -1: L1-L3-L2; the register takes any 16-bit number. */
  readonly phaseSequence: number;
  readonly frequencyHz: number;
  readonly temperatureC: number;
  /** Whole Wh are what the registers show. */
  readonly energyImportWh: number | bigint;
  readonly energyExportWh: number | bigint;
  /** Bits of register 320499. */
  readonly deviceState: number;
}

/** Values to hold; `undefined` lets go of one, so that it follows the load again. */
export type ValuesPatch = {
  readonly [K in keyof MeterValues]?: MeterValues[K] extends number | bigint ? MeterValues[K] | undefined
    : { readonly [P in keyof MeterValues[K]]?: number | undefined };
};
