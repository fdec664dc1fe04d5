import { timestamp } from "../base/time.ts";
import { type Decimal, decimalText, parseDecimal, subtract } from "./decimal.ts";
import { directionOf, type Obis } from "./obis.ts";
import { isUnreadable, type ParsedRecord } from "./parsed_record.ts";
import type { OcmfRecord } from "./record.ts";
import { sessionReadings, type SessionRegister } from "./session_registers.ts";

/** Whether a value is from the begin or the end of its transaction. */
export type OcppContext = "Transaction.Begin" | "Transaction.End";
/** A register of energy: to the vehicle, or from it. */
export type OcppMeasurand = "Energy.Active.Import.Register" | "Energy.Active.Export.Register";
/** Units of energy that OCPP defines. */
export type OcppUnit = "Wh" | "kWh";

/** `UnitOfMeasureType` of OCPP 2.0.1 and 2.1. */
export interface OcppUnitOfMeasure {
  /** The unit of the record. */
  readonly unit: OcppUnit;
  /** A power of ten. */
  readonly multiplier: 0;
}

/** `SampledValueType` of OCPP 2.0.1 and 2.1. */
export interface OcppSampledValue<Signed> {
  /** The register as a JSON number, in the unit of the record. */
  readonly value: number;
  /** Always `Transaction.End`, unless the record has only the begin of its transaction. */
  readonly context: OcppContext;
  /** The direction of the register, from its OBIS code. */
  readonly measurand: OcppMeasurand;
  /** Always `Outlet`: a meter for billing measures what the vehicle gets. */
  readonly location: "Outlet";
  /** The unit of the record, without a multiplier. */
  readonly unitOfMeasure: OcppUnitOfMeasure;
  /** The record; only in the first value. */
  readonly signedMeterValue?: Signed;
}

/** `MeterValueType` of OCPP 2.0.1 and 2.1. */
export interface OcppMeterValue<Signed> {
  /** The time of the meter's clock in the record, RFC 3339 UTC. */
  readonly timestamp: string;
  /** The first value has the record; other billed registers that were read at the same time follow. */
  readonly sampledValue: readonly OcppSampledValue<Signed>[];
}

/** A signed `SampledValue` of OCPP 1.6. */
export interface OcppSampledValue16 {
  /** The JSON text of the `SignedMeterValueType`. */
  readonly value: string;
  /** As in OCPP 2.0.1. */
  readonly context: OcppContext;
  /** The value is a signed record, not a number. */
  readonly format: "SignedData";
  /** The direction of the first billed register. */
  readonly measurand: OcppMeasurand;
  /** As in OCPP 2.0.1. */
  readonly location: "Outlet";
  /** The unit of this register. */
  readonly unit: OcppUnit;
}

/** `MeterValue` of OCPP 1.6. */
export interface OcppMeterValue16 {
  /** The time of the meter's clock in the record, RFC 3339 UTC. */
  readonly timestamp: string;
  /** One value: the record contains all registers. */
  readonly sampledValue: readonly OcppSampledValue16[];
}

/** The registers that a record bills, at its end. */
export interface OcppReading {
  /** Undefined if there is no register. */
  readonly timestamp?: string;
  /** Without the record. */
  readonly registers: readonly OcppSampledValue<never>[];
  /** Sentences. */
  readonly problems: readonly string[];
}

interface Register {
  /** RI. */
  readonly name: string;
  readonly epochMs: number;
  readonly sampled: OcppSampledValue<never>;
  /** A sentence if the number is not exact. */
  readonly inexact?: string;
}

const measurands = { import: "Energy.Active.Import.Register", export: "Energy.Active.Export.Register" } as const;
const units: ReadonlyMap<string, OcppUnit> = new Map([["wh", "Wh"], ["kwh", "kWh"]]);

/** Reads the billed registers at the end of a record. Never throws. */
export function ocppReading({ content: record }: ParsedRecord): OcppReading {
  if (isUnreadable(record)) return withoutRegisters(withoutValue(record.problem));
  const billed = sessionReadings(record).registers.filter(({ isBilled }) => isBilled);
  const found = billed.map((register) => readRegister(record, register));
  const [first] = found;
  if (first === undefined) return withoutRegisters(withoutValue("no reading of it states a begin or an end clearly"));
  if (typeof first === "string") return withoutRegisters(first);
  const registers = found.filter((each) => typeof each !== "string");
  // All values of one MeterValueType have one time
  const sent = registers.filter(({ epochMs }) => epochMs === first.epochMs);
  return {
    timestamp: timestamp(first.epochMs),
    registers: sent.map(({ sampled }) => sampled),
    problems: [
      ...found.filter((each) => typeof each === "string"),
      ...sent.flatMap(({ inexact }) => inexact ?? []),
      ...registers.filter((each) => !sent.includes(each)).map(({ name }) =>
        `The register ${name} has no value of its own: its time is another one than that of the first register`
      ),
    ],
  };
}

function withoutValue(reason: string): string {
  return `The record has no meter value: ${reason}`;
}

function withoutRegisters(problem: string): OcppReading {
  return { registers: [], problems: [problem] };
}

/** Returns the register, or a sentence about why it has no meter value. */
function readRegister({ readings }: OcmfRecord, { obis, begin, end }: SessionRegister): Register | string {
  // Meters that sign begin and end separately write one record for each
  const reading = end ?? (readings.every(({ tx }) => tx === "B") ? begin : undefined);
  if (reading === undefined) return withoutValue("no reading is marked as end");
  const { ri = "(none)", rv = "(none)", ru = "(none)", tm = "(none)", time, value } = reading;
  const measurand = measurandOf(obis);
  if (measurand === undefined) {
    return withoutValue(`the OBIS code ${ri} is no register of energy to or from the vehicle`);
  }
  const unit = units.get(ru.toLowerCase());
  if (unit === undefined) return withoutValue(`the unit of its register is ${ru}, not Wh or kWh`);
  const number = value === undefined ? NaN : Number(decimalText(value));
  if (value === undefined || !Number.isFinite(number)) return withoutValue(`the register ${rv} is not a JSON number`);
  if (time === undefined) return withoutValue(`the time ${tm} at its end cannot be read`);
  const sampled = {
    value: number,
    context: end === undefined ? "Transaction.Begin" : "Transaction.End",
    measurand,
    location: "Outlet",
    unitOfMeasure: { unit, multiplier: 0 },
  } as const;
  const inexact = `The register ${rv} has more digits than a JSON number: value is rounded`;
  return { name: ri, epochMs: time.epochMs, sampled, ...(!isExact(number, value) && { inexact }) };
}

/** Whether the JSON text of a number has the same value. */
function isExact(number: number, value: Decimal): boolean {
  const read = parseDecimal(String(number));
  return read !== undefined && subtract(read, value).digits === 0n;
}

function measurandOf(obis: Obis | undefined): OcppMeasurand | undefined {
  const direction = obis === undefined ? undefined : directionOf(obis);
  return direction === undefined ? undefined : measurands[direction];
}
