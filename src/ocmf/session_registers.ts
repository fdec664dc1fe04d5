import { recordRegisters } from "./billed_registers.ts";
import { type Decimal, isLess, subtract } from "./decimal.ts";
import { isEnergy } from "./obis.ts";
import { isEnd, type OcmfRecord, readingKeys, type RecordReading } from "./record.ts";
import type { RecordRegister } from "./billed_registers.ts";

/** A register that counted the energy of a session. */
export interface SessionRegister extends RecordRegister {
  /** The first reading that is marked as begin. */
  readonly begin: RecordReading | undefined;
  /** The last reading that is marked as an end. */
  readonly end: RecordReading | undefined;
  /** End minus begin, in their unit; undefined if the record does not state it clearly. */
  readonly energy: Decimal | undefined;
}

/** The session of a record: what its readings state about it. */
export interface SessionReadings {
  /** Registers with a begin or an end: those that are billed, and the other energy registers. */
  readonly registers: readonly SessionRegister[];
  /** The first begin of the billed registers. */
  readonly begin: RecordReading | undefined;
  /** The last end of the billed registers. */
  readonly end: RecordReading | undefined;
}

/** Finds the session in the readings of a record. If keys of them are duplicates, they state nothing clearly. */
export function sessionReadings(record: Pick<OcmfRecord, "readings" | "duplicateKeys">): SessionReadings {
  const isAmbiguous = record.duplicateKeys.some((key) => readingKeys.includes(key));
  const registers = recordRegisters(isAmbiguous ? [] : record.readings)
    .filter(({ isBilled, obis }) => isBilled || (obis !== undefined && isEnergy(obis)))
    .map(sessionRegister)
    .filter(({ begin, end }) => begin !== undefined || end !== undefined);
  const billed = registers.filter(({ isBilled }) => isBilled);
  return {
    registers,
    begin: billed.find(({ begin }) => begin !== undefined)?.begin,
    end: billed.findLast(({ end }) => end !== undefined)?.end,
  };
}

function sessionRegister(register: RecordRegister): SessionRegister {
  const { readings } = register;
  const begins = readings.filter(({ tx }) => tx === "B");
  const ends = readings.filter(({ tx }) => isEnd(tx));
  const [begin] = begins;
  const end = ends.at(-1);
  const isClear = begins.length === 1 && ends.length === 1 && readings.every(isUsable);
  const energy = isClear && begin !== undefined && end !== undefined && readings.indexOf(begin) < readings.indexOf(end)
    ? difference(begin, end)
    : undefined;
  return { ...register, begin, end, energy };
}

/** Whether the meter does not exclude a reading from billing by status, error flag or exception. */
function isUsable({ st, ef, tx }: RecordReading): boolean {
  return (st === undefined || st === "G") && ef?.includes("E") !== true && tx !== "X";
}

function difference(begin: RecordReading, end: RecordReading): Decimal | undefined {
  if (begin.value === undefined || end.value === undefined || begin.ru !== end.ru) return undefined;
  return isLess(end.value, begin.value) ? undefined : subtract(end.value, begin.value);
}
