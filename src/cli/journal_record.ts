import { timestamp } from "../base/time.ts";
import type { StoredRecord } from "../journal/mod.ts";
import { explainRecord, type Verification, verifyRecord } from "../ocmf/mod.ts";
import { type OcmfResult, ocmfResult } from "../contract/mod.ts";
import { explanationText } from "./explanation_text.ts";

/**
 * A record as commands print it: the published result, with its number, the name of its meter and the time of delivery.
 *
 * @param site undefined if it is not known
 */
export function recordObject(
  record: StoredRecord,
  site?: string,
): OcmfResult & { seq: number; meter: string; delivered_at?: string } {
  return {
    seq: record.seq,
    ...ocmfResult(record, site),
    meter: record.meter,
    ...(record.deliveredAtMs !== undefined && { delivered_at: timestamp(record.deliveredAtMs) }),
  };
}

/** A record with its explanation, as lines of text. */
export function recordText(record: StoredRecord): string[] {
  const facts: [string, string | undefined][] = [
    ["meter", `${record.meter} (${record.meterId})`],
    ["transaction", record.transactionId],
    ["evse", record.evseId],
    ["reason", record.reason],
    ["started", record.startedAtMs === undefined ? undefined : timestamp(record.startedAtMs)],
    ["read", timestamp(record.readAtMs)],
    ["delivered", record.deliveredAtMs === undefined ? "not yet" : timestamp(record.deliveredAtMs)],
    ["message id", record.messageId],
    ["public key", record.publicKey === "" ? undefined : record.publicKey],
    ["start value", record.startValue?.data],
  ];
  return [
    `Record ${record.seq}`,
    ...factLines(facts),
    ...explanationText(explainRecord(record.ocmf, verificationOf(record))),
    `  ${new TextDecoder().decode(record.ocmf)}`,
  ];
}

/** Names and values in two columns, without missing values. */
export function factLines(facts: readonly (readonly [string, string | undefined])[]): string[] {
  return facts.flatMap(([name, value]) => value === undefined ? [] : [`  ${name.padEnd(12)}  ${value}`]);
}

/** The stored verdict; if there is none yet, the result of verifying the record on its own. */
export function verificationOf(record: StoredRecord): Verification {
  return record.verdict as Verification | undefined ?? verifyRecord(record.ocmf, record.publicKey);
}
