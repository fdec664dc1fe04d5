import { decodeField, type Field, registers } from "../meter/mod.ts";
import { exceptions } from "../modbus/mod.ts";
import { encodeField } from "./encode.ts";
import { readOnly, type Segment, writable } from "./memory.ts";
import type { MeterClock } from "./meter_clock.ts";
import type { OcmfSession } from "./ocmf_session.ts";
import { Refusal } from "./protocol.ts";
import type { SessionFields } from "./record.ts";

/** Registers of the meter that Wattseal does not read. */
const otherFields = {
  tariffUpdate: { at: 0x69cc, as: "u16" },
  transactionIdGeneration: { at: 0x6f00, as: "u16" },
  chargingStatus: { at: 0x7045, as: "u16" },
  lastTransactionId: { at: 0x7059, as: "char", words: 7 },
  transactionNumber: { at: 0x7102, as: "u32" },
} as const satisfies Record<string, Field>;

/** The parts that the registers control. */
export interface TransactionParts {
  readonly session: OcmfSession;
  readonly clock: MeterClock;
  /** Number of the last record. */
  readonly pagination: () => number;
  readonly filePaddingWords: number;
  /** Executes 'B', 'E' or 'A'. @throws {Refusal} */
  readonly command: (letter: number) => void;
  /** @throws {Refusal} the meter rejects a new time now */
  readonly checkClock: () => void;
}

/** The registers of the OCMF transaction and the clock, and their content as fields of a session. */
export function transactionRegisters(parts: TransactionParts): { segments: Segment[]; fields: () => SessionFields } {
  const { transaction } = registers;
  const text = writable(transaction.tariffText.at, transaction.tariffText.words);
  const status = writable(transaction.identificationStatus.at, 1);
  const level = writable(transaction.identificationLevel.at, 1);
  const flags = writable(transaction.identificationFlags.at, transaction.identificationFlags.words);
  const type = writable(transaction.identificationType.at, 1);
  const data = writable(transaction.identificationData.at, transaction.identificationData.words);
  const pointType = writable(transaction.chargingPointType.at, 1);
  const point = writable(transaction.chargingPoint.at, transaction.chargingPoint.words);
  const memory = [text, status, level, flags, type, data, pointType, point];
  const others = [transaction.sessionModality, otherFields.tariffUpdate, otherFields.transactionIdGeneration];

  return {
    segments: [
      ...memory,
      ...others.map((field) => writable(field.at, 1)),
      ...clockRegisters(parts),
      ...fileRegisters(parts),
      ...statusRegisters(parts),
      command(parts),
    ],
    fields: () => ({
      identificationStatus: number(status.bytes),
      identificationLevel: number(level.bytes),
      identificationFlags: [0, 2, 4, 6].map((offset) => number(flags.bytes.subarray(offset))),
      identificationType: number(type.bytes),
      identificationData: characters(data.bytes),
      chargingPointType: number(pointType.bytes),
      chargingPoint: characters(point.bytes),
      tariffText: characters(text.bytes),
    }),
  };
}

function command({ command }: TransactionParts): Segment {
  return { at: registers.transaction.command.at, words: 1, read: zero, write: (bytes) => command(number(bytes)) };
}

function clockRegisters({ clock, checkClock }: TransactionParts): Segment[] {
  const { timeOffset, utc } = registers;
  return [
    {
      at: timeOffset.at,
      words: 1,
      read: () => encodeField(timeOffset, clock.offsetMinutes),
      write(bytes) {
        const minutes = Number(decodeField(timeOffset, bytes));
        if (Math.abs(minutes) > 1440) throw new Refusal(exceptions.illegalValue, `Offset ${minutes} minutes`);
        checkClock();
        clock.offsetMinutes = minutes;
      },
    },
    {
      at: utc.at,
      words: 4,
      read: () => encodeField(utc, clock.utcSeconds),
      write(bytes) {
        if (bytes.subarray(4).some((byte) => byte !== 0)) {
          throw new Refusal(exceptions.illegalValue, "Later than the year 2106");
        }
        checkClock();
        clock.utcSeconds = Number(decodeField(utc, bytes));
      },
    },
  ];
}

function fileRegisters({ session, filePaddingWords }: TransactionParts): Segment[] {
  const { ocmfState, ocmfSize, ocmfFile } = registers.transaction;
  const size = () => session.file.length === 0 ? 0 : Math.ceil(session.file.length / 2) + filePaddingWords;
  return [
    {
      at: ocmfState.at,
      words: 1,
      read: () => encodeField(ocmfState, session.stateNumber),
      write(bytes) {
        if (number(bytes) !== 0) throw new Refusal(exceptions.illegalValue, "Only NOT_READY (0) can be written");
        session.confirm();
      },
    },
    readOnly(ocmfSize.at, 1, () => encodeField(ocmfSize, size())),
    readOnly(ocmfFile.at, ocmfFile.maxWords, () => {
      const bytes = new Uint8Array(ocmfFile.maxWords * 2);
      bytes.set(session.file);
      return bytes;
    }),
  ];
}

function statusRegisters({ session, clock, pagination }: TransactionParts): Segment[] {
  const { timeStatus } = registers;
  const { chargingStatus, lastTransactionId, transactionNumber } = otherFields;
  return [
    readOnly(chargingStatus.at, 1, () => encodeField(chargingStatus, session.state === "RUNNING" ? 1 : 0)),
    readOnly(lastTransactionId.at, 7, () => encodeField(lastTransactionId, `T${pagination()}`)),
    readOnly(timeStatus.at, 1, () => encodeField(timeStatus, clock.synchronised ? 1 : 0)),
    readOnly(transactionNumber.at, 2, () => encodeField(transactionNumber, pagination())),
  ];
}

const zero = () => new Uint8Array(2);
const number = (bytes: Uint8Array) => Number(decodeField({ at: 0, as: "u16" }, bytes.subarray(0, 2)));
const characters = (bytes: Uint8Array) => String(decodeField({ at: 0, as: "char" }, bytes));
