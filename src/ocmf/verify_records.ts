import { isUnreadable, ParsedRecord } from "./parsed_record.ts";
import { isSameKey } from "./public_key.ts";
import type { RecordInput } from "./read_records.ts";
import { isEnd, type OcmfRecord, parsePagination, serialNumberOf } from "./record.ts";
import { fieldText } from "./record.ts";
import { checkSession, type SessionVerdict } from "./session.ts";
import type { Expected, Verification } from "./types.ts";
import { verifyWith } from "./verify.ts";

/** Maximum number of unreadable records: a file with more is not a file of records. */
const maxMalformed = 1000;

/**
 * Verifies the records of one file, in order. Stops after 1000 unreadable records. The first key with a valid signature
 * of a meter's record is the known key for its further records. Records of one group that each contain a part of a
 * session are checked as one session.
 *
 * @param trustedKey used for all signatures instead of the keys in the file
 */
export function verifyRecords(inputs: readonly RecordInput[], trustedKey?: string): Verification[] {
  const records = readAll(inputs);
  const sessions = jointSessions(inputs.slice(0, records.length), records);
  const knownKeys = new Map<string, string>();
  return inputs.slice(0, records.length).map((input, index) => {
    if (input.problem !== undefined) return malformedVerdict(input.problem);
    const record = records[index];
    if (record === undefined) return malformedVerdict("The record was not read");
    const serial = record.readable && serialNumberOf(record.readable);
    const verification = verifyOne(input, record, trustedKey, knownKeys.get(serial ?? ""), sessions.get(index));
    const isKnownKey = verification.signature === "valid" && input.publicKey !== undefined && serial !== undefined;
    if (isKnownKey && !knownKeys.has(serial)) knownKeys.set(serial, input.publicKey);
    return verification;
  });
}

/** The records until there are too many unreadable ones; undefined for an input without bytes. */
function readAll(inputs: readonly RecordInput[]): (ParsedRecord | undefined)[] {
  const records: (ParsedRecord | undefined)[] = [];
  let malformed = 0;
  for (const { ocmf, problem } of inputs) {
    const record = problem === undefined ? new ParsedRecord(ocmf) : undefined;
    if (record !== undefined && isUnreadable(record.content) && ++malformed > maxMalformed) break;
    records.push(record);
  }
  return records;
}

function verifyOne(
  input: RecordInput,
  read: ParsedRecord,
  trustedKey: string | undefined,
  knownKey: string | undefined,
  session: SessionVerdict | undefined,
): Verification {
  const { publicKey, transactionId } = input;
  const pinnedKey = trustedKey ?? (publicKey === undefined ? undefined : knownKey);
  const expected: Expected = transactionId === undefined ? {} : { transactionId };
  const checkOwnSession = (record: OcmfRecord) => session ?? checkSession([record], expected);
  const verification = verifyWith(read, trustedKey ?? publicKey, pinnedKey, checkOwnSession);
  if (trustedKey === undefined || publicKey === undefined || isSameKey(publicKey, trustedKey)) return verification;
  const problems = [...verification.problems, "The record came with a different public key than the given one"];
  return { ...verification, key: "changed", problems };
}

function jointSessions(
  inputs: readonly RecordInput[],
  records: readonly (ParsedRecord | undefined)[],
): Map<number, SessionVerdict> {
  const groups = new Map<NonNullable<RecordInput["group"]>, number[]>();
  for (const [index, { group }] of inputs.entries()) {
    if (group === undefined) continue;
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [index]);
    else members.push(index);
  }
  const sessions = new Map<number, SessionVerdict>();
  for (const members of groups.values()) {
    const parts = members.flatMap((index) => records[index]?.readable ?? []);
    if (parts.length < 2 || parts.length < members.length || parts.some(hasWholeSession)) continue;
    const session = checkSession(parts.toSorted((left, right) => paginationOf(left) - paginationOf(right)));
    for (const index of members) sessions.set(index, session);
  }
  return sessions;
}

function hasWholeSession(record: OcmfRecord): boolean {
  const marks = record.readings.map((reading) => reading.tx);
  return marks.includes("B") && marks.some(isEnd);
}

function paginationOf(record: OcmfRecord): number {
  return parsePagination(fieldText(record, "PG") ?? "")?.number ?? 0;
}

function malformedVerdict(problem: string): Verification {
  return { signature: "malformed", session: "unknown", key: "first_seen", problems: [problem] };
}
