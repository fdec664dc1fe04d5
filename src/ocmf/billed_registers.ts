import { isBilling, isCompensated, isEnergy, parseObis } from "./obis.ts";
import type { RecordReading } from "./record.ts";

/**
 * Returns the readings of each register that is billed: the compensated registers, else the billing registers, else all
 * energy registers, else the first register.
 */
export function billedRegisters(readings: readonly RecordReading[]): RecordReading[][] {
  const byRegister = Map.groupBy(readings, (reading) => reading.ri?.toUpperCase() ?? "");
  const registers = [...byRegister].map(([name, ofRegister]) => ({ obis: parseObis(name), ofRegister }));
  for (const isSelected of [isCompensated, isBilling, isEnergy]) {
    const selected = registers.filter(({ obis }) => obis !== undefined && isSelected(obis));
    if (selected.length > 0) return selected.map(({ ofRegister }) => ofRegister);
  }
  return registers.slice(0, 1).map(({ ofRegister }) => ofRegister);
}
