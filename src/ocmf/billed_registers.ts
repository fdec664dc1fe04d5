import { isBilling, isCompensated, isEnergy, parseObis } from "./obis.ts";
import type { RecordReading } from "./record.ts";

/**
 * Readings of each register that the session is billed by: the compensated ones, else those of the billing registers,
 * else of any energy register, else of the register that is named first.
 */
export function billedRegisters(readings: readonly RecordReading[]): RecordReading[][] {
  const byRegister = Map.groupBy(readings, (reading) => reading.ri?.toUpperCase() ?? "");
  const registers = [...byRegister].map(([name, ofRegister]) => ({ obis: parseObis(name), ofRegister }));
  for (const isWanted of [isCompensated, isBilling, isEnergy]) {
    const wanted = registers.filter(({ obis }) => obis !== undefined && isWanted(obis));
    if (wanted.length > 0) return wanted.map(({ ofRegister }) => ofRegister);
  }
  return registers.slice(0, 1).map(({ ofRegister }) => ofRegister);
}
