import type { RecordView, SessionRow, ShownVerification } from "../view/mod.ts";
import type { MaskedRecord } from "./masked_record.ts";

/** Longer texts are cut in a table: a record shows them in full. */
const maxCharacters = 300;
const maxProblems = 20;

type Cut = (text: string) => string;

/** A record as a row of the table of sessions; long texts are cut. */
export function sessionRow(record: MaskedRecord): SessionRow {
  const { problems, ...verdicts } = record.verification;
  return rowOf(record, { ...verdicts, problems: problems.slice(0, maxProblems).map(cut) }, cut);
}

/**
 * A record with all that is known about it.
 *
 * @param published the verdicts that were published with it
 */
export function recordView(record: MaskedRecord, published: ShownVerification): RecordView {
  const { ocmf, bytes, isMasked, publicKey, signingMethod, storedAt, startedAt, meterId, journalSeq, session } = record;
  return {
    row: rowOf(record, record.verification, (text) => text),
    ...(ocmf !== undefined && { ocmf }),
    ...(ocmf?.includes("\ufffd") && { ocmfBase64: bytes.toBase64() }),
    isMasked,
    publicKey,
    signingMethod,
    published,
    storedAt,
    ...(startedAt !== undefined && { startedAt }),
    ...(meterId !== undefined && { meterId }),
    ...(journalSeq !== undefined && { journalSeq }),
    ...(session !== undefined && { session }),
  };
}

function rowOf(record: MaskedRecord, verification: ShownVerification, cut: Cut): SessionRow {
  const { seq, id, copyKey, site, meter, readAt, reason, session } = record;
  const { begin_at, end_at, duration_s, energy_Wh, tariff_text, time_quality, identification } = session ?? {};
  const evseId = session?.evse_id ?? record.evseId;
  const transactionId = session?.transaction_id ?? record.transactionId;
  const { type, level, data } = identification ?? {};
  return {
    seq,
    id,
    copyKey,
    site,
    meter,
    readAt,
    reason: cut(reason),
    verification,
    ...(evseId !== undefined && { evseId: cut(evseId) }),
    ...(transactionId !== undefined && { transactionId: cut(transactionId) }),
    ...(begin_at !== undefined && { beginAt: begin_at }),
    ...(end_at !== undefined && { endAt: end_at }),
    ...(duration_s !== undefined && { durationS: duration_s }),
    ...(energy_Wh !== undefined && { energyWh: energy_Wh }),
    ...(tariff_text !== undefined && { tariffText: cut(tariff_text) }),
    ...(time_quality !== undefined && { timeQuality: time_quality }),
    ...(data !== undefined && {
      identification: {
        ...(type !== undefined && { type: cut(type) }),
        ...(level !== undefined && { level: cut(level) }),
        masked: cut(data),
      },
    }),
  };
}

function cut(text: string): string {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters)}...` : text;
}
