import { timestamp } from "../base/time.ts";
import type { StoredRecord } from "../journal/mod.ts";
import { parsedFacts, ParsedRecord, verifyParsed } from "../ocmf/mod.ts";
import { derivedFields } from "./derived_fields.ts";
import { ocmfText, optionalTime, startSignedMeterValue } from "./shared_fields.ts";
import type { OcmfResult } from "./transaction_schemas.ts";

/**
 * The published form of a record in the journal.
 *
 * @param site undefined: unknown
 */
export function ocmfResult(record: StoredRecord, site?: string): OcmfResult {
  const parsed = new ParsedRecord(record.ocmf);
  const { beginAtMs, endAtMs, transactionId = record.transactionId } = parsedFacts(parsed);
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
    verification: record.verdict ?? verifyParsed(parsed, record.publicKey),
    ...derivedFields(parsed, record.publicKey),
    ...startSignedMeterValue(record),
    ...optionalTime("started_at", record.startedAtMs),
    read_at: timestamp(record.readAtMs),
    ...optionalTime("meter_begin_at", beginAtMs),
    ...optionalTime("meter_end_at", endAtMs),
  };
}
