import { createHmac } from "node:crypto";
import { timestamp } from "../base/time.ts";
import { sessionField, type SessionPayload } from "../contract/mod.ts";
import { membersOf, payloadOf } from "../fleet/mod.ts";
import { type ShownVerification, verdicts } from "../view/mod.ts";
import type { StreamMessage } from "./record_stream.ts";

/** A message of the stream of records, as far as it can be read. */
export interface PublishedRecord {
  /** Number in the stream. */
  readonly seq: number;
  /** `Nats-Msg-Id`, the same for every copy of the record; without one, its number. */
  readonly id: string;
  /**
   * Equal for copies of the record, until the server starts again. A message with the id of a record and another text is no
   * copy of it.
   */
  readonly copyKey: string;
  readonly site: string;
  readonly meter: string;
  /** RFC 3339, by the clock of the server. */
  readonly storedAt: string;
  /** When it was read from the meter, RFC 3339; that of the stream if the message has no time. */
  readonly readAt: string;
  /** The record as text; undefined: the message has none. */
  readonly ocmf?: string;
  /** Its bytes: those in the field `ocpp`, if the text has lost some of them. */
  readonly bytes: Uint8Array;
  readonly publicKey: string;
  readonly signingMethod: string;
  readonly reason: string;
  readonly meterId?: string;
  readonly journalSeq?: number;
  readonly transactionId?: string;
  readonly evseId?: string;
  readonly startedAt?: string;
  /** The verdicts that were published with the record. */
  readonly verification: ShownVerification;
  /** Derived again from the text of the record; undefined: it cannot be read. */
  readonly session?: SessionPayload;
}

/** How messages are read. */
export interface RecordReading {
  /** Prefix of the subjects. */
  readonly prefix: string;
  /** Random bytes: without them, a hash of a record would show which identification is in it. */
  readonly secret: Uint8Array;
}

/** 120 bits. */
const copyKeyCharacters = 20;
const nothing = new Uint8Array();

/**
 * Reads a message. Never throws: a message that no node has published is a record with a problem. The session comes from
 * the signed text alone, not from the other fields of the message.
 */
export function publishedRecord(message: StreamMessage, { prefix, secret }: RecordReading): PublishedRecord {
  const { seq, subject, data, messageId, storedAtMs } = message;
  const [site = "", meter = ""] = subject.slice(prefix.length + 1).split(".");
  const payload = payloadOf(data);
  const members = membersOf(payload);
  const ocmf = textIn(members, "ocmf");
  const bytes = ocmf === undefined ? nothing : recordBytes(ocmf, members["ocpp"]);
  const storedAt = timestamp(storedAtMs);
  const id = messageId === "" ? `seq ${seq}` : messageId;
  const journalSeq = members["journal_seq"];
  return {
    seq,
    id,
    copyKey: createHmac("sha256", secret).update(`${id}\n`).update(bytes).digest("base64url").slice(
      0,
      copyKeyCharacters,
    ),
    site,
    meter,
    storedAt,
    readAt: timeIn(members, "read_at") ?? storedAt,
    ...(ocmf !== undefined && { ocmf }),
    bytes,
    publicKey: textIn(members, "public_key") ?? "",
    signingMethod: textIn(members, "signing_method") ?? "",
    reason: textIn(members, "reason") ?? "",
    ...optional("meterId", textIn(members, "meter_id")),
    ...(Number.isSafeInteger(journalSeq) && { journalSeq: Number(journalSeq) }),
    ...optional("transactionId", textIn(members, "transaction_id")),
    ...optional("evseId", textIn(members, "evse_id")),
    ...optional("startedAt", timeIn(members, "started_at")),
    verification: ocmf === undefined ? unusable(payload) : verdictsIn(members["verification"]),
    ...(ocmf !== undefined && sessionField(bytes)),
  };
}

function unusable(payload: unknown): ShownVerification {
  const problem = payload === undefined
    ? "The message is not JSON: no node of Wattseal has published it"
    : "The message has no record (field ocmf): no node of Wattseal has published it";
  return { signature: "malformed", session: "unknown", key: "first_seen", problems: [problem] };
}

function verdictsIn(value: unknown): ShownVerification {
  const members = membersOf(value);
  const { problems } = members;
  return {
    signature: verdictIn(members, "signature") ?? "unverifiable",
    session: verdictIn(members, "session") ?? "unknown",
    key: verdictIn(members, "key") ?? "first_seen",
    problems: Array.isArray(problems) ? problems.filter((problem) => typeof problem === "string") : [],
  };
}

function verdictIn(members: Readonly<Record<string, unknown>>, subject: keyof typeof verdicts): string | undefined {
  return verdicts[subject].find((verdict) => verdict === members[subject]);
}

/** A text has replacement characters in place of bytes that are not UTF-8. */
function recordBytes(text: string, ocpp: unknown): Uint8Array {
  const own = new TextEncoder().encode(text);
  const data = text.includes("\ufffd") ? textIn(membersOf(ocpp), "signedMeterData") : undefined;
  if (data === undefined) return own;
  try {
    const bytes = Uint8Array.fromBase64(data);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) === text ? bytes : own;
  } catch {
    return own;
  }
}

function textIn(members: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = members[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** RFC 3339 UTC; undefined: the text is not a time. */
function timeIn(members: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const ms = Date.parse(textIn(members, key) ?? "");
  return Number.isNaN(ms) ? undefined : timestamp(ms);
}

function optional<K extends string>(key: K, value: string | undefined): { readonly [key in K]?: string } {
  return value === undefined ? {} : { [key]: value } as { readonly [key in K]?: string };
}
