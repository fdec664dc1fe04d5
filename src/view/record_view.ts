import type { SessionPayload } from "../contract/mod.ts";
import type { SessionRow, ShownVerification } from "./session_rows.ts";

/** One record, complete. */
export interface RecordView {
  /** The record as in the table of sessions, with its texts in full. */
  readonly row: SessionRow;
  /** The text of the record; undefined: the message has none. */
  readonly ocmf?: string;
  /** Its bytes in base64, if the text is not exact: the record has bytes that are not UTF-8. */
  readonly ocmfBase64?: string;
  /** Whether the identification is hidden in the text. Then the text cannot be verified. */
  readonly isMasked: boolean;
  /** As it was published with the record, in hex; empty: the meter has none. */
  readonly publicKey: string;
  readonly signingMethod: string;
  /** The verdicts that were published with the record; those in `row` are new. */
  readonly published: ShownVerification;
  /** When the stream stored it, RFC 3339. */
  readonly storedAt: string;
  /** When the node first saw its transaction running, RFC 3339. */
  readonly startedAt?: string;
  /** Serial number and year of production. */
  readonly meterId?: string;
  /** Number in the journal of its site. */
  readonly journalSeq?: number;
  /** What the text states; undefined: it cannot be read. */
  readonly session?: SessionPayload;
}
