import { isBilling, isCompensated, isEnergy, type Obis, parseObis } from "./obis.ts";
import type { RecordReading } from "./record.ts";

/** A register in a record. */
export interface RecordRegister {
  /** RI of its first reading; undefined: the readings name no register. */
  readonly ri: string | undefined;
  /** Undefined if RI is not an OBIS code. */
  readonly obis: Obis | undefined;
  readonly isBilled: boolean;
  /** Its readings, in the order of the record. */
  readonly readings: readonly RecordReading[];
}

/**
 * Returns the registers of a record, in the order of their first readings. Billed are the compensated registers, else
 * the billing registers, else all energy registers, else the first register.
 */
export function recordRegisters(readings: readonly RecordReading[]): RecordRegister[] {
  const byName = new Map<string, RecordReading[]>();
  for (const reading of readings) {
    const name = reading.ri?.toUpperCase() ?? "";
    const own = byName.get(name);
    if (own === undefined) byName.set(name, [reading]);
    else own.push(reading);
  }
  const registers = [...byName].map(([name, own]) => ({ ri: own[0]?.ri, obis: parseObis(name), readings: own }));
  const isSelected = [isCompensated, isBilling, isEnergy].find((selects) =>
    registers.some(({ obis }) => obis !== undefined && selects(obis))
  );
  return registers.map((register, index) => {
    const { obis } = register;
    const isBilled = isSelected === undefined ? index === 0 : obis !== undefined && isSelected(obis);
    return { ...register, isBilled };
  });
}

/** Returns the readings of each register that is billed. */
export function billedRegisters(readings: readonly RecordReading[]): (readonly RecordReading[])[] {
  return recordRegisters(readings).flatMap((register) => register.isBilled ? [register.readings] : []);
}
