import { sessionField } from "../contract/mod.ts";
import { IdentificationMask, maskRecord, maskText } from "../view/mod.ts";
import type { PublishedRecord } from "./published_record.ts";

/** A record in which the identification is hidden. */
export interface MaskedRecord extends PublishedRecord {
  /** Whether something is hidden in the text. */
  readonly isMasked: boolean;
}

/**
 * Hides the identification in the text of a record, in the session that is derived from this text, and in all other
 * fields.
 */
export function maskedRecord(record: PublishedRecord): MaskedRecord {
  const { session: open, ...fields } = record;
  const { ocmf, transactionId, evseId, meterId, verification: { problems, ...verdicts } } = record;
  if (ocmf === undefined) return { ...record, isMasked: false };
  const { text, identifications, isMasked } = maskRecord(ocmf, open !== undefined);
  const mask = new IdentificationMask(identifications);
  const bytes = new TextEncoder().encode(text);
  return {
    ...fields,
    id: isMasked ? maskedId(record) : record.id,
    ...(transactionId !== undefined && { transactionId: mask.id(transactionId) }),
    ...(evseId !== undefined && { evseId: mask.text(evseId) }),
    ...(meterId !== undefined && { meterId: mask.text(meterId) }),
    reason: mask.text(record.reason),
    signingMethod: mask.text(record.signingMethod),
    verification: { ...verdicts, problems: problems.map((problem) => mask.text(problem)) },
    ocmf: text,
    bytes,
    ...sessionField(bytes),
    isMasked,
  };
}

/** The id has a hash of the whole text, which shows which of all possible identifications is the right one. */
function maskedId({ id, seq }: PublishedRecord): string {
  if (id === `seq ${seq}`) return id;
  const [, serialNumber] = /^(.+)\.[0-9a-f]{64}$/.exec(id) ?? [];
  return serialNumber === undefined ? maskText : `${serialNumber}.${maskText}`;
}
