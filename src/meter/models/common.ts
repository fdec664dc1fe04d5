import type { Field } from "../codec.ts";

/** What most series give for a value over its range. */
export const overRange = { i16: 0x7fff, i32: 0x7fff_ffff } as const;

/** An energy in tenths of a kWh. */
export function coarseEnergy(at: number): Field {
  return { at, as: "i32", unit: "kWh", exp: -1 };
}
