import { identificationFlagGroups, identificationLevels, identificationTypes } from "../meter/mod.ts";

/** Content of the transaction registers at 'B'. */
export interface SessionFields {
  readonly identificationStatus: number;
  readonly identificationLevel: number;
  /** RFID, OCPP, ISO15118, PLMN. */
  readonly identificationFlags: readonly number[];
  readonly identificationType: number;
  readonly identificationData: string;
  readonly chargingPointType: number;
  readonly chargingPoint: string;
  readonly tariffText: string;
}

/** The energy register at one point in time. */
export interface RecordReading {
  /** Timestamp of the meter's clock. */
  readonly stamp: string;
  /** B begin, E end, A abort, P power loss. */
  readonly tx: "B" | "E" | "A" | "P";
  readonly importWh: bigint;
}

/** Data of the meter in a record. */
export interface RecordDevice {
  readonly typeName: string;
  readonly serialNumber: string;
  /** `M_1.6.3-C_1.6.3`. */
  readonly firmware: string;
}

const manufacturer = "Carlo Gavazzi Controls";

/** The payload of an OCMF record with the layout of a real meter, including its spaces. */
export function recordPayload(
  device: RecordDevice,
  pagination: number,
  fields: SessionFields,
  readings: readonly RecordReading[],
  texts: "escaped" | "raw" = "escaped",
): string {
  const text = JSON.stringify;
  const free = (value: string) => texts === "raw" ? `"${value}"` : text(value);
  const parts = [
    `"FV":"1.2"`,
    `"GI":${text(`${manufacturer}-${device.typeName}`)}`,
    `"GS":${text(device.serialNumber)}`,
    `"GV":${text(device.firmware)}`,
    `"PG":"T${pagination}"`,
    `"MV":${text(manufacturer)}`,
    `"MM":${text(device.typeName)}`,
    `"MS":${text(device.serialNumber)}`,
    `"MF":${text(device.firmware)}`,
    `"IS":${fields.identificationStatus === 1}`,
    `"IL":${text(identificationLevels[fields.identificationLevel] ?? "UNKNOWN")}`,
    `"IF":${text(flagNames(fields.identificationFlags))}`,
    `"IT":${text(typeName(fields.identificationType))}`,
    `"ID":${free(fields.identificationData)}`,
    `"TT":${free(fields.tariffText)}`,
    `"CT":"${fields.chargingPointType === 1 ? "CBIDC" : "EVSEID"}"`,
    `"CI":${free(fields.chargingPoint)}`,
    `"LC":{"LN":"CABLE_LOSS","LI": 0,"LR": 0,"LU": "mOhm"}`,
    `"RD":[${readings.map(readingText).join(",")}]`,
  ];
  return `{${parts.join(",")}}`;
}

function readingText({ stamp, tx, importWh }: RecordReading): string {
  return `{"TM":"${stamp}","TX":"${tx}","RV":${kilowattHours(importWh)},"RI":"1-b:1.8.0","RU":"kWh","RT":"AC",` +
    `"RM":"","ST":"G"}`;
}

function kilowattHours(wattHours: bigint): string {
  return `${wattHours / 1000n}.${String(wattHours % 1000n).padStart(3, "0")}`;
}

/** The position of a number selects its group; 0 means unused. */
function flagNames(flags: readonly number[]): string[] {
  return identificationFlagGroups.flatMap((group, index) => {
    const number = flags[index] ?? 0;
    const name = group[number];
    return number === 0 || name === undefined ? [] : [name];
  });
}

function typeName(number: number): string {
  return Object.entries(identificationTypes).find(([, known]) => known === number)?.[0] ?? "UNDEFINED";
}
