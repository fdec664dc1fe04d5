import type { Phases } from "../meter/mod.ts";

/** Measured values in engineering units; registers round them to their resolution. */
export interface MeterValues {
  readonly voltageV: Phases;
  /** Positive: import. */
  readonly currentA: Phases;
  readonly powerW: Phases & { readonly total: number };
  readonly reactivePowerVar: Phases & { readonly total: number };
  /**
   * The number in the register; a model defines the numbers for L1-L2-L3 and L1-L3-L2. Any 16-bit number is allowed.
   */
  readonly phaseSequence: number;
  readonly frequencyHz: number;
  readonly temperatureC: number;
  /** Registers show whole Wh. */
  readonly energyImportWh: number | bigint;
  readonly energyExportWh: number | bigint;
  /** Bits of register 320499. */
  readonly deviceState: number;
}

/** Values to fix; `undefined` releases a value, so that it follows the load again. */
export type ValuesPatch = {
  readonly [K in keyof MeterValues]?: MeterValues[K] extends number | bigint ? MeterValues[K] | undefined
    : { readonly [P in keyof MeterValues[K]]?: number | undefined };
};
