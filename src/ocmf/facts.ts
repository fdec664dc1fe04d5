/** What can be read from a record, also from a damaged one; what is not found is absent. */
export interface RecordFacts {
  /** Everything behind the last `<=>` of TT, trimmed. */
  readonly transactionId?: string;
  /** CI. */
  readonly evseId?: string;
  /** MS, else GS. */
  readonly serialNumber?: string;
  /** Number of PG. */
  readonly pagination?: number;
  /** Letter of PG: transaction or fiscal. */
  readonly paginationLetter?: "T" | "F";
  /** TX of the last reading, `P` when the meter closed the transaction after a power loss. */
  readonly lastTx?: string;
  /** TM of the first reading marked as begin, milliseconds since 1970. */
  readonly beginAtMs?: number;
  /** TM of the last reading marked as an end, milliseconds since 1970. */
  readonly endAtMs?: number;
}

/** Reads what the journal needs to know of a record. Never throws. */
export function recordFacts(_ocmf: Uint8Array): RecordFacts {
  return {};
}
