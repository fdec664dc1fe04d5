import { transactionIdIn } from "./facts.ts";
import { type Json, JsonNumber } from "./json.ts";
import { isUnreadable, ParsedRecord, type Unreadable } from "./parsed_record.ts";
import { fieldText, isEnd, isNextPagination, type OcmfRecord, parsePagination, serialNumberOf } from "./record.ts";
import { deriveSession, type RecordSession } from "./record_session.ts";
import { checkSession } from "./session.ts";
import { sessionReadings } from "./session_registers.ts";

/** One session of a meter that signs begin and end in separate records. */
export interface JoinedSession {
  /** It was computed: the evidence is the two records. */
  readonly derived: true;
  /** Begin, end and energy, with the other values of the record of the end. Absent: the records are not one session. */
  readonly session?: RecordSession;
  /** Without a session: one sentence for each reason. With a session: remarks to check before billing. */
  readonly problems: readonly string[];
}

/** What does not change within a session: source, user, tariff with the transaction id, charging point and cable. */
const constantFields = {
  GI: "gateway",
  GS: "serial number of the gateway",
  MV: "make of the meter",
  MM: "model of the meter",
  MS: "serial number of the meter",
  IS: "assignment of the user",
  IL: "level of the identification",
  IF: "flags of the identification",
  IT: "type of the identification",
  ID: "user",
  TT: "tariff text with the transaction id",
  CT: "type of the charging point",
  CI: "charging point",
  LC: "loss compensation",
} as const;

/**
 * Joins the records of a meter that signs begin and end separately into one session. Both must be of one meter, user and
 * charging point, with the same transaction id if there is one. The pagination of the end must follow that of the begin,
 * without a record in between. Each register that is billed must be in both, in the same unit, and nothing may exclude
 * its use. Never throws.
 *
 * @param begin the bytes of the record with the begin; its signature is not verified
 * @param end the bytes of the record with the end; verify both with the same key, that of this meter
 */
export function joinedSession(begin: Uint8Array, end: Uint8Array): JoinedSession {
  const [first, last] = [new ParsedRecord(begin).content, new ParsedRecord(end).content];
  if (isUnreadable(first) || isUnreadable(last)) {
    return { derived: true, problems: [...unreadable("begin", first), ...unreadable("end", last)] };
  }
  const { session: verdict, problems: findings } = checkSession([first, last]);
  const reasons = [...halves(first, last), ...differences(first, last), ...order(first, last)];
  if (verdict !== "ok" || reasons.length > 0) {
    return { derived: true, problems: [...new Set([...reasons, ...findings])] };
  }
  const readings = sessionReadings({ readings: [...first.readings, ...last.readings], duplicateKeys: [] });
  const session = deriveSession(last, readings, transactionIdIn(end, fieldText(last, "TT")));
  return { derived: true, session, problems: findings };
}

function unreadable(which: "begin" | "end", content: OcmfRecord | Unreadable): string[] {
  return isUnreadable(content) ? [`The record of the ${which}: ${content.problem}`] : [];
}

function halves(first: OcmfRecord, last: OcmfRecord): string[] {
  return [
    ...(first.readings.some(({ tx }) => isEnd(tx)) ? ["The record of the begin also has an end"] : []),
    ...(last.readings.some(({ tx }) => tx === "B") ? ["The record of the end also has a begin"] : []),
  ];
}

function differences(first: OcmfRecord, last: OcmfRecord): string[] {
  const changed = Object.entries(constantFields).flatMap(([key, name]) => {
    const [before, after] = [canonical(first.fields.get(key)), canonical(last.fields.get(key))];
    return before === after ? [] : [`The ${name} (${key}) is ${before} at the begin and ${after} at the end`];
  });
  return serialNumberOf(last) === undefined ? [...changed, "The records name no meter (MS or GS)"] : changed;
}

/** Another record in between could be the end of this session, or the begin of the next one. */
function order(first: OcmfRecord, last: OcmfRecord): string[] {
  const [before, after] = [first, last].map((record) => parsePagination(fieldText(record, "PG") ?? ""));
  if (before?.letter !== "T" || after?.letter !== "T") return ["A record has no pagination of a transaction (PG)"];
  if (isNextPagination(after.number, before.number)) return [];
  return [`The pagination of the end is T${after.number}, but T${before.number + 1} follows the begin`];
}

/** A text that is equal for equal values. */
function canonical(value: Json | undefined): string {
  if (value === undefined) return "absent";
  if (value instanceof JsonNumber) return value.source;
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
    return `{${members.sort().join(",")}}`;
  }
  return Array.isArray(value) ? `[${value.map(canonical).join(",")}]` : JSON.stringify(value);
}
