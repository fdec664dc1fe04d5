import type { Phases } from "../meter/mod.ts";

/** What the meter measures, in engineering units; registers round it to their own step. */
export interface MeterValues {
  readonly voltageV: Phases;
  /** Positive: import. */
  readonly currentA: Phases;
  readonly powerW: Phases & { readonly total: number };
  readonly reactivePowerVar: Phases & { readonly total: number };
  /** As its register has it: a model's numbers for L1-L2-L3 and L1-L3-L2; the register takes any 16-bit number. */
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
