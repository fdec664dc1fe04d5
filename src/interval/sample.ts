/** Energies of a meter since its production, in whole Wh. */
export interface Registers {
  /** From the grid, 0 or more. */
  readonly importWh: number;
  /** To the grid, 0 or more; absent: the meter has no such register. */
  readonly exportWh?: number;
}

/** What was read from a meter at one moment. */
export interface Sample {
  /** The published id of the meter. */
  readonly meterId: string;
  /** Wall clock in milliseconds when it was read. */
  readonly atMs: number;
  /** Absent: the energies were not read. */
  readonly registers?: Registers;
  /** Active power in W, positive: import; absent: it was not read. */
  readonly powerW?: number;
  /** Whether it counts as a reading; false: only the energies were read, for the end of an interval. */
  readonly isReading: boolean;
  /** Whether the wall clock was synchronised, as far as this is known, and did not jump since the last sample. */
  readonly isClockGood: boolean;
}

/** The energies of a meter at one moment. */
export interface Mark extends Registers {
  readonly meterId: string;
  /** Wall clock in milliseconds. */
  readonly atMs: number;
}

/**
 * Whether two marks can be from one meter, in this order: energies never decrease. A meter whose energies decrease was
 * replaced or reset.
 */
export function continues(before: Mark, after: Mark): boolean {
  return before.meterId === after.meterId && before.importWh <= after.importWh &&
    (before.exportWh ?? 0) <= (after.exportWh ?? Infinity);
}

/** Only the energies of a mark. */
export function registersOf({ importWh, exportWh }: Registers): Registers {
  return exportWh === undefined ? { importWh } : { importWh, exportWh };
}
