import { decodeInteger, type Field, scaled } from "./codec.ts";
import type { MeterLayout } from "./meter_model.ts";

/**
 * The integer in the register of a measured value; undefined: the meter reports no value.
 *
 * @throws {RangeError} a 64-bit value is not exact as a number
 */
export function measuredInteger(
  { model, wordOrder }: MeterLayout,
  field: Field,
  bytes: Uint8Array,
): number | undefined {
  const raw = decodeInteger(field, bytes, wordOrder);
  const { i16, i32 } = model.overRange;
  if (field.as === "i16" && raw >= i16 || field.as === "i32" && raw >= i32) return undefined;
  return field.absent?.includes(raw) ? undefined : raw;
}

/** A measured value in its unit; undefined: no value. */
export function measuredValue(layout: MeterLayout, field: Field, bytes: Uint8Array): number | undefined {
  const raw = measuredInteger(layout, field, bytes);
  return raw === undefined ? undefined : scaled(field, raw);
}
