import { billedRegisters } from "./billed_registers.ts";
import { checkPair, checkReadings, Findings } from "./session_checks.ts";
import {
  fieldText,
  isEnd,
  isNextPagination,
  type OcmfRecord,
  parsePagination,
  type RecordReading,
  serialNumberOf,
  transactionIdOf,
} from "./record.ts";
import type { Expected, Verification } from "./types.ts";

/** The verdict on a session, with its reasons. */
export type SessionVerdict = Pick<Verification, "session" | "problems">;

const refusedLevels = ["MISMATCH", "INVALID", "OUTDATED", "UNKNOWN"];

/**
 * Checks whether the records, in order of pagination, contain one complete and plausible session. Usually this is one
 * record; meters that sign begin and end separately need both.
 */
export function checkSession(records: readonly OcmfRecord[], expected: Expected = {}): SessionVerdict {
  const findings = new Findings();
  for (const record of records) {
    checkFields(record, findings);
    checkExpected(record, expected, findings);
  }
  checkPagination(records, expected.lastPagination, findings);
  checkSource(records, findings);
  const readings = records.flatMap((record) => record.readings);
  if (readings.length === 0) findings.gap("The record has no readings");
  else if (readings.every((reading) => reading.tx === undefined)) {
    findings.gap("The readings belong to no transaction");
  } else for (const register of billedRegisters(readings)) checkRegister(register, findings);
  return findings.verdict();
}

function checkRegister(readings: readonly RecordReading[], findings: Findings): void {
  checkReadings(readings, findings);
  const begins = readings.filter((reading) => reading.tx === "B");
  const ends = readings.filter((reading) => isEnd(reading.tx));
  if (begins.length > 1) findings.violation("More than one reading is marked as begin");
  if (ends.length > 1) findings.violation("More than one reading is marked as end");
  const [begin] = begins;
  const end = ends.at(-1);
  if (begin === undefined) missing(readings, "No reading is marked as begin", findings);
  else if (readings[0] !== begin) findings.violation("The first reading is not the begin");
  if (end === undefined) missing(readings, "No reading is marked as end", findings);
  else if (readings.at(-1) !== end) findings.violation("The last reading is not the end");
  if (begin !== undefined && end !== undefined) checkPair(begin, end, findings);
}

/** A record with a single reading may be a part of a session: some meters sign begin and end separately. */
function missing(readings: readonly RecordReading[], sentence: string, findings: Findings): void {
  if (readings.length > 1) findings.violation(sentence);
  else findings.gap(sentence);
}

function checkFields(record: OcmfRecord, findings: Findings): void {
  for (const key of record.duplicateKeys) {
    findings.violation(`The key ${key} is a duplicate: the record is ambiguous`);
  }
  const elements = record.fields.get("RD");
  if (Array.isArray(elements) && elements.length !== record.readings.length) {
    findings.violation("An element of RD is not a reading");
  }
  // Versions up to 0.4 have the level in IS.
  const level = (fieldText(record, "IL") ?? fieldText(record, "IS"))?.toUpperCase();
  if (level !== undefined && refusedLevels.includes(level)) {
    findings.violation(`The user assignment failed: its level is ${level}`);
  }
}

function checkExpected(record: OcmfRecord, expected: Expected, findings: Findings): void {
  const { transactionId, serialNumber } = expected;
  const foundId = transactionIdOf(fieldText(record, "TT") ?? "");
  if (transactionId !== undefined && foundId !== transactionId) {
    findings.violation(`The record belongs to transaction ${foundId ?? "(none)"}, not to ${transactionId}`);
  }
  const foundSerial = serialNumberOf(record);
  if (serialNumber === undefined) return;
  if (foundSerial === undefined) findings.gap("The record has no serial number");
  else if (foundSerial !== serialNumber.trim()) {
    findings.violation(`The record belongs to meter ${foundSerial}, not to ${serialNumber}`);
  }
}

function checkPagination(records: readonly OcmfRecord[], last: number | undefined, findings: Findings): void {
  let before = last;
  for (const record of records) {
    const text = fieldText(record, "PG");
    const pagination = text === undefined ? undefined : parsePagination(text);
    if (text === undefined) findings.gap("The record has no pagination");
    else if (pagination === undefined) findings.violation(`The pagination ${text} is not a letter T or F and a number`);
    else if (pagination.letter === "F") findings.gap("The record is a fiscal record, not a transaction record");
    if (pagination?.letter !== "T") continue;
    if (before !== undefined) checkNext(pagination.number, before, findings);
    before = pagination.number;
  }
}

/** Another program may have fetched the records in between: missing ones do not affect this session. */
function checkNext(number: number, before: number, findings: Findings): void {
  if (isNextPagination(number, before)) return;
  const next = before + 1;
  const found = `The pagination is T${number}, but T${next} is expected`;
  if (number > next) findings.remark(`${found}: records are missing in between`);
  else findings.violation(`${found}: it is ${number === before ? "repeated" : "decreasing"}`);
}

function checkSource(records: readonly OcmfRecord[], findings: Findings): void {
  const serials = new Set(records.map((record) => serialNumberOf(record)));
  if (serials.size > 1) findings.violation("The records of the session belong to different meters");
  const users = new Set(records.map((record) => fieldText(record, "ID")));
  if (users.size > 1) findings.violation("The records of the session belong to different users");
}
