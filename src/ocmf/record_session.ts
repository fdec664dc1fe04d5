import { type Decimal, decimalText, subtract } from "./decimal.ts";
import { transactionIdIn } from "./facts.ts";
import { directionOf, isSameEnergy } from "./obis.ts";
import { ParsedRecord } from "./parsed_record.ts";
import {
  fieldText,
  type OcmfRecord,
  parsePagination,
  type RecordReading,
  serialNumberOf,
  splitTariffText,
} from "./record.ts";
import { type SessionReadings, sessionReadings, type SessionRegister } from "./session_registers.ts";
import type { TimeFlag } from "./time_mark.ts";

/** The energy of one register in a session. Energies are decimal texts with all digits of the record: `22125.0`. */
export interface SessionEnergy {
  /** RI, as the record has it. */
  readonly obis?: string;
  /** Import is energy to the vehicle; absent for a register whose direction is not known. */
  readonly direction?: "import" | "export";
  /** Whether this register is billed: the others repeat its energy, or are informative. */
  readonly billed: boolean;
  /** Value at the begin. */
  readonly beginWh?: string;
  /** Value at the end. */
  readonly endWh?: string;
  /** End minus begin. Absent if one of them is missing, or if the record marks a value of this register as unusable. */
  readonly energyWh?: string;
  /** CL of the end: the loss of the cable, which the meter has already deducted from its values. */
  readonly lossWh?: string;
}

/** The user of a session. */
export interface SessionIdentification {
  /** IS: whether a user is assigned. */
  readonly assigned?: boolean;
  /** IT: `ISO14443`. */
  readonly type?: string;
  /** IL, or IS of versions up to 0.4: `TRUSTED`. */
  readonly level?: string;
  /** IF: `RFID_PLAIN`. */
  readonly flags?: readonly string[];
  /** ID: the number of a card or a contract. */
  readonly data?: string;
}

/** The session of a record, derived from the signed text alone. What the text does not state is absent. */
export interface RecordSession {
  /** Text after the last `<=>` of TT. */
  readonly transactionId?: string;
  /** TM of the begin, milliseconds since 1970. */
  readonly beginAtMs?: number;
  /** TM of the end, milliseconds since 1970. */
  readonly endAtMs?: number;
  /** From begin to end; absent if the end is earlier than the begin. */
  readonly durationMs?: number;
  /** Quality of begin and end: the worse flag of both, or `R` if the end is relative to the begin. */
  readonly timeQuality?: TimeFlag;
  /** Registers with a begin or an end: those that are billed, and the other energy registers. */
  readonly registers: readonly SessionEnergy[];
  /**
   * Energy of the billed register, if there is exactly one; or of a total register and a transaction register of the
   * same energy, if both state the same.
   */
  readonly energyWh?: string;
  /** CI. */
  readonly evseId?: string;
  /** CT, the kind of CI: `EVSEID` or `CBIDC`. */
  readonly chargingPointType?: string;
  /** The user. */
  readonly identification?: SessionIdentification;
  /** TT without the transaction id. */
  readonly tariffText?: string;
  /** PG: `T23`. */
  readonly pagination?: string;
  /** MS, or GS if there is no MS. */
  readonly meterSerial?: string;
}

/** The exponents of the units of energy, in lower case. */
const unitExponents: ReadonlyMap<string, number> = new Map([["wh", 0], ["kwh", 3]]);
/** From the worst to the best. */
const timeFlags: readonly TimeFlag[] = ["U", "I", "S"];

/**
 * Derives the session from the signed text of a record. Never throws; undefined if the text cannot be read. A key that
 * is a duplicate counts as absent.
 *
 * @param ocmf the bytes of a record; neither the signature nor the session is verified
 */
export function sessionOf(ocmf: Uint8Array): RecordSession | undefined {
  return parsedSession(new ParsedRecord(ocmf));
}

/** Like {@linkcode sessionOf}, for a parsed record. */
export function parsedSession({ ocmf, readable: record }: ParsedRecord): RecordSession | undefined {
  if (record === undefined) return undefined;
  const transactionId = transactionIdIn(ocmf, fieldText(record, "TT"));
  return deriveSession(record, sessionReadings(record), transactionId);
}

/** The session of some readings, with the fields of a record. */
export function deriveSession(
  record: OcmfRecord,
  readings: SessionReadings,
  transactionId: string | undefined,
): RecordSession {
  const clear = { ...record, fields: withoutDuplicates(record) };
  return present({
    transactionId,
    ...times(readings),
    registers: readings.registers.map(sessionEnergy),
    energyWh: billedEnergy(readings.registers.filter(({ isBilled }) => isBilled)),
    evseId: fieldText(clear, "CI"),
    chargingPointType: fieldText(clear, "CT"),
    identification: identification(clear),
    tariffText: splitTariffText(fieldText(clear, "TT") ?? "").text,
    pagination: paginationText(fieldText(clear, "PG")),
    meterSerial: serialNumberOf(clear),
  });
}

function withoutDuplicates({ fields, duplicateKeys }: OcmfRecord): OcmfRecord["fields"] {
  return new Map([...fields].filter(([key]) => !duplicateKeys.includes(key)));
}

function times({ begin, end }: SessionReadings) {
  const beginAtMs = begin?.time?.epochMs;
  const endAtMs = end?.time?.epochMs;
  const durationMs = beginAtMs === undefined || endAtMs === undefined ? undefined : endAtMs - beginAtMs;
  return {
    beginAtMs,
    endAtMs,
    durationMs: durationMs !== undefined && durationMs < 0 ? undefined : durationMs,
    timeQuality: timeQuality([begin, end].filter((reading) => reading !== undefined)),
  };
}

/** A time without a flag, and a relative begin with another end, have no quality that the specification defines. */
function timeQuality(readings: readonly RecordReading[]): TimeFlag | undefined {
  const flags = readings.map(({ time }) => time?.flag);
  if (flags.includes(undefined)) return undefined;
  if (flags.at(-1) === "R") return "R";
  if (flags.includes("R")) return undefined;
  return timeFlags.find((flag) => flags.includes(flag));
}

function sessionEnergy({ ri, obis, isBilled, begin, end, energy }: SessionRegister): SessionEnergy {
  return present({
    obis: ri || undefined,
    direction: obis === undefined ? undefined : directionOf(obis),
    billed: isBilled,
    beginWh: inWh(begin?.value, begin?.ru),
    endWh: inWh(end?.value, end?.ru),
    energyWh: inWh(energy, end?.ru),
    lossWh: inWh(end?.loss, end?.ru),
  });
}

/** The energy of all billed registers together; undefined if they state none, or different ones. */
function billedEnergy([billed, other, ...others]: readonly SessionRegister[]): string | undefined {
  if (billed === undefined || others.length > 0) return undefined;
  const energy = energyOf(billed);
  if (energy === undefined || other === undefined) return energy && decimalText(energy);
  const same = energyOf(other);
  const isOne = billed.obis !== undefined && other.obis !== undefined && isSameEnergy(billed.obis, other.obis);
  return isOne && same !== undefined && subtract(energy, same).digits === 0n ? decimalText(energy) : undefined;
}

function energyOf({ energy, end }: SessionRegister): Decimal | undefined {
  return wattHours(energy, end?.ru);
}

function inWh(value: Decimal | undefined, unit: string | undefined): string | undefined {
  const converted = wattHours(value, unit);
  return converted && decimalText(converted);
}

/** Moves the decimal point, so that all digits stay. */
function wattHours(value: Decimal | undefined, unit: string | undefined): Decimal | undefined {
  const exponent = unitExponents.get(unit?.toLowerCase() ?? "");
  if (value === undefined || exponent === undefined) return undefined;
  return { ...value, exponent: value.exponent + exponent };
}

function identification(record: OcmfRecord): SessionIdentification | undefined {
  const assigned = record.fields.get("IS");
  const flags = record.fields.get("IF");
  const found = present({
    assigned: typeof assigned === "boolean" ? assigned : undefined,
    type: fieldText(record, "IT"),
    level: fieldText(record, "IL") ?? fieldText(record, "IS"),
    flags: Array.isArray(flags) ? flags.filter((flag) => typeof flag === "string") : undefined,
    data: fieldText(record, "ID"),
  });
  return Object.keys(found).length === 0 ? undefined : found;
}

function paginationText(text: string | undefined): string | undefined {
  const pagination = parsePagination(text ?? "");
  return pagination && `${pagination.letter}${pagination.number}`;
}

type Present<T> =
  & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] }
  & {
    [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
  };

/** Without the members that are undefined. */
function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
}
