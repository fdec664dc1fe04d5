import { timestamp } from "../base/time.ts";
import type { StoredRecord } from "../journal/mod.ts";
import { pointToSpki, recordFacts, toOcppRecord, verifyRecord } from "../ocmf/mod.ts";
import { sessionField } from "./session_payload.ts";
import { ocmfText, optionalTime, startSignedMeterValue } from "./shared_fields.ts";
import type { OcmfResult } from "./transaction_schemas.ts";

/**
 * The published form of a record in the journal.
 *
 * @param site undefined: unknown
 */
export function ocmfResult(record: StoredRecord, site?: string): OcmfResult {
  const { beginAtMs, endAtMs, transactionId = record.transactionId } = recordFacts(record.ocmf);
  return {
    ...(transactionId !== undefined && { transaction_id: transactionId }),
    ...(site !== undefined && { site }),
    meter: record.meter,
    journal_seq: record.seq,
    meter_id: record.meterId,
    ...(record.evseId !== undefined && { evse_id: record.evseId }),
    reason: record.reason,
    ocmf: ocmfText(record),
    public_key: record.publicKey,
    signing_method: record.signingMethod,
    verification: record.verdict ?? verifyRecord(record.ocmf, record.publicKey),
    ocpp: toOcppRecord(record.ocmf, spkiOf(record.publicKey)),
    ...sessionField(record.ocmf),
    ...startSignedMeterValue(record),
    ...optionalTime("started_at", record.startedAtMs),
    read_at: timestamp(record.readAtMs),
    ...optionalTime("meter_begin_at", beginAtMs),
    ...optionalTime("meter_end_at", endAtMs),
  };
}

/** An uncompressed point begins with 04h, a SubjectPublicKeyInfo with 30h. */
function spkiOf(publicKey: string): string {
  if (!publicKey.startsWith("04")) return publicKey;
  try {
    return pointToSpki(publicKey);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The record is more important than its key, which is also in public_key
    return "";
  }
}
