/** Why a record was fetched; `docs/subjects.md` says when each applies. */
export const recordReasons = ["stopped", "power_loss", "superseded", "cancelled", "recovered", "corrupted"] as const;

/** One of {@linkcode recordReasons}. */
export type RecordReason = typeof recordReasons[number];

/** Where a transaction stands. `idle`: its start failed and nothing of it is on the meter. */
export const transactionStates = ["idle", "starting", "running", "stopping", "finished", "corrupted"] as const;

/** One of {@linkcode transactionStates}. */
export type StoredState = typeof transactionStates[number];

/** The states of a transaction that may still be on the meter. */
export const openStates = ["starting", "running", "stopping"] as const satisfies readonly StoredState[];

/** A signed live map that was taken when a transaction began. */
export interface StartValue {
  /** Signed data, upper-case hex. */
  readonly data: string;
  /** Upper-case hex. */
  readonly signature: string;
  /** Name of the signing method. */
  readonly signingMethod: string;
  /** Hex, in the format that was configured when it was taken. */
  readonly publicKey: string;
  /** Wall clock in milliseconds. */
  readonly takenAtMs: number;
}

/** The verdict on a record, as it was when the record was stored. */
export interface StoredVerdict {
  /** `valid`, `invalid`, `unverifiable` or `malformed`. */
  readonly signature: string;
  /** `ok`, `violated` or `unknown`. */
  readonly session: string;
  /** `pinned`, `first_seen` or `changed`. */
  readonly key: string;
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[];
}

/** A transaction as the journal knows it. */
export interface StoredTransaction {
  /** Ascending in the order of storing. */
  readonly seq: number;
  /** Name of the meter in the configuration. */
  readonly meter: string;
  /** Serial number and production year of the meter. */
  readonly meterId: string;
  /** The id of the request, or the one found on the meter. */
  readonly transactionId: string;
  /** The charging point, where the request named it. */
  readonly evseId: string | undefined;
  /** The accepted request as JSON text; absent for a transaction that was found on the meter. */
  readonly request: string | undefined;
  /** Where it stands. */
  readonly state: StoredState;
  /** Why it is in this state, where that needs saying. */
  readonly reason: string | undefined;
  /** The signed value at its beginning, where one could be read. */
  readonly startValue: StartValue | undefined;
  /** Wall clock in milliseconds when the meter was seen running. */
  readonly startedAtMs: number | undefined;
  /** Wall clock in milliseconds when its stop was accepted, or its end was found. */
  readonly stoppedAtMs: number | undefined;
  /** The record that ended it. */
  readonly recordSeq: number | undefined;
}

/** One change of a transaction's state. */
export interface StoredChange {
  /** The state that it went into. */
  readonly state: StoredState;
  /** Why, where that needs saying. */
  readonly reason: string | undefined;
  /** Wall clock in milliseconds. */
  readonly atMs: number;
}

/** A billing record, byte for byte as the meter gave it. */
export interface StoredRecord {
  /** Ascending in the order of storing. */
  readonly seq: number;
  /** Stable name of the record: the same for every delivery of it. */
  readonly messageId: string;
  /** Name of the meter in the configuration when it was read. */
  readonly meter: string;
  /** Serial number and production year of the meter. */
  readonly meterId: string;
  /** The id found in the record, if any. */
  readonly transactionId: string | undefined;
  /** The charging point, where it is known. */
  readonly evseId: string | undefined;
  /** Why it was fetched. */
  readonly reason: RecordReason;
  /** The record, byte for byte. */
  readonly ocmf: Uint8Array;
  /** Hex, in the configured format; empty when the meter has none. */
  readonly publicKey: string;
  /** Name of the signing method, `ECDSA-brainpoolP256r1-SHA256` for one. */
  readonly signingMethod: string;
  /** Absent only until it is judged. */
  readonly verdict: StoredVerdict | undefined;
  /** The signed value at the beginning of its transaction, where one could be read. */
  readonly startValue: StartValue | undefined;
  /** Wall clock in milliseconds when its transaction was seen running. */
  readonly startedAtMs: number | undefined;
  /** Wall clock in milliseconds when it was read. */
  readonly readAtMs: number;
  /** When the broker acknowledged it; absent: still in the outbox. */
  readonly deliveredAtMs: number | undefined;
}

/** What to write about a transaction. */
export interface TransactionChange {
  readonly meter: string;
  readonly meterId: string;
  readonly transactionId: string;
  /** `starting` and `idle` begin it anew: a failed start's times and start value are dropped. */
  readonly state: StoredState;
  readonly atMs: number;
  readonly reason?: string | undefined;
  readonly evseId?: string | undefined;
  readonly request?: string | undefined;
  readonly startedAtMs?: number | undefined;
}

/** A record that was just read from a meter. */
export interface NewRecord {
  readonly meter: string;
  readonly meterId: string;
  readonly transactionId: string | undefined;
  readonly evseId: string | undefined;
  readonly reason: RecordReason;
  readonly ocmf: Uint8Array;
  readonly publicKey: string;
  readonly signingMethod: string;
  readonly readAtMs: number;
  /** A record of its transaction that is of another one, and gives its place to this one. */
  readonly replaces?: number | undefined;
}

/** What earlier records of a meter taught. */
export interface MeterMemory {
  /** The public key that was seen first, hex. */
  readonly firstKey: string | undefined;
  /** Number of the last transaction record. */
  readonly lastPagination: number | undefined;
}

/** Which meter answers under a name of the configuration. */
export interface MeterPlace {
  /** Serial number and production year of the meter that was found there last. */
  readonly meterId: string;
  /** The meter that was there before, until its exchange is acknowledged. */
  readonly exchanged: { readonly meterId: string; readonly atMs: number } | undefined;
}

/** A record that is not delivered, or that is to be delivered again. */
export interface WaitingRecord {
  readonly seq: number;
  /** Wall clock in milliseconds since when it waits. */
  readonly sinceMs: number;
}

/** A stream of the broker as it was seen last. */
export interface KnownStream {
  /** Its name and its domain. */
  readonly stream: string;
  /** When it was created, as the broker wrote it. */
  readonly createdAt: string;
  /** The highest sequence number that was seen in it. */
  readonly lastSeq: number;
}

/** Where a stream has a record. */
export interface KeptInStream {
  readonly streamSeq: number;
  readonly messageId: string;
}

/** What an acknowledgement said about the place of a record. */
export interface StreamPlace {
  /** Name and domain of the stream. */
  readonly stream: string;
  /** Sequence number in it. */
  readonly streamSeq: number;
}

/** Which delivered records are to be delivered again; exactly one of these is given. */
export interface RedeliverySelection {
  /** Delivered, or read from the meter, at this time or later; wall clock in milliseconds. */
  readonly sinceMs?: number;
  /** By their names. */
  readonly messageIds?: readonly string[];
  /** All. */
  readonly all?: true;
  /** Those that a stream had behind a sequence number. */
  readonly keptBehind?: StreamPlace;
}
