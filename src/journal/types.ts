/** Why a record was fetched; see `docs/subjects.md`. */
export const recordReasons = ["stopped", "power_loss", "superseded", "cancelled", "recovered", "corrupted"] as const;

/** One of {@linkcode recordReasons}. */
export type RecordReason = typeof recordReasons[number];

/** State of a transaction. `idle`: its start failed, and the meter holds nothing of it. */
export const transactionStates = ["idle", "starting", "running", "stopping", "finished", "corrupted"] as const;

/** One of {@linkcode transactionStates}. */
export type StoredState = typeof transactionStates[number];

/** The states in which a transaction may still be on the meter. */
export const openStates = ["starting", "running", "stopping"] as const satisfies readonly StoredState[];

/** A signed live map that was read when a transaction began; registers 302049 (0800h), `docs/meters.md`, "Keys". */
export interface StartValue {
  /** The 122 signed bytes, upper-case hex. */
  readonly data: string;
  /** r and s, upper-case hex: 64 bytes of a 256-bit key, 96 of a 384-bit key. */
  readonly signature: string;
  /** `ECDSA-brainpoolP256r1-SHA256` or `ECDSA-brainpoolP384r1-SHA256`. */
  readonly signingMethod: string;
  /** Upper-case hex, as `public_key_format` was when it was read. */
  readonly publicKey: string;
  /** Wall clock in milliseconds when it was read. */
  readonly takenAtMs: number;
}

/** The verdict on a record at the time when it was stored; see {@linkcode Verification}. */
export interface StoredVerdict {
  /** `valid`, `invalid`, `unverifiable` or `malformed`. */
  readonly signature: string;
  /** `ok`, `violated` or `unknown`. */
  readonly session: string;
  /** `pinned`, `first_seen` or `changed`. */
  readonly key: string;
  /** One sentence for each problem; empty: none. */
  readonly problems: readonly string[];
}

/** A transaction in the journal: a row of its table `transactions`. */
export interface StoredTransaction {
  /** Number in storage order, 1 or more; never used twice. */
  readonly seq: number;
  /** Name of the meter in the configuration. */
  readonly meter: string;
  /** Serial number, a dot and the production year; without a year only the serial number. */
  readonly meterId: string;
  /** The id from the request, 1 to 250 characters, or the id that was found on the meter. */
  readonly transactionId: string;
  /** The charging point; undefined: the request did not name it. */
  readonly evseId: string | undefined;
  /** The accepted request as JSON text; undefined: the transaction was found on the meter. */
  readonly request: string | undefined;
  /** State of the transaction. */
  readonly state: StoredState;
  /** Why it is in this state; undefined: no other cause than the request. */
  readonly reason: string | undefined;
  /** The signed value at its beginning; undefined: it was not read. */
  readonly startValue: StartValue | undefined;
  /** Wall clock in milliseconds when the meter first reported it as running; undefined: it has not yet. */
  readonly startedAtMs: number | undefined;
  /** Wall clock in milliseconds when its stop was accepted or its end was detected; undefined: neither yet. */
  readonly stoppedAtMs: number | undefined;
  /** `seq` of the record that ended it; undefined: none yet. */
  readonly recordSeq: number | undefined;
}

/** One change of a transaction's state: a row of the table `changes`. */
export interface StoredChange {
  /** The new state. */
  readonly state: StoredState;
  /** Why; undefined: no other cause than the request. */
  readonly reason: string | undefined;
  /** Wall clock in milliseconds when it was stored. */
  readonly atMs: number;
}

/** A billing record, byte for byte as it was read from the meter: a row of the table `records`. */
export interface StoredRecord {
  /** Number in storage order, 1 or more; never used twice. */
  readonly seq: number;
  /** `Nats-Msg-Id` of every delivery: the serial number, a dot, and the SHA-256 of serial number and bytes in hex. */
  readonly messageId: string;
  /** Name of the meter in the configuration when it was read. */
  readonly meter: string;
  /** Serial number, a dot and the production year; without a year only the serial number. */
  readonly meterId: string;
  /** The id found in the record; undefined: none. */
  readonly transactionId: string | undefined;
  /** The charging point; undefined: unknown. */
  readonly evseId: string | undefined;
  /** Why it was fetched. */
  readonly reason: RecordReason;
  /** The record, byte for byte: 0 to 4062 bytes of the registers from 328945 (7110h), without trailing NULs. */
  readonly ocmf: Uint8Array;
  /** Public key of the meter, upper-case hex, as `public_key_format` was; empty: the meter has none. */
  readonly publicKey: string;
  /** Name of the signing method, for example `ECDSA-brainpoolP256r1-SHA256`. */
  readonly signingMethod: string;
  /** Undefined until the record is verified. */
  readonly verdict: StoredVerdict | undefined;
  /** The signed value at the beginning of its transaction; undefined: it was not read. */
  readonly startValue: StartValue | undefined;
  /** Wall clock in milliseconds when the meter first reported its transaction as running; undefined: unknown. */
  readonly startedAtMs: number | undefined;
  /** Wall clock in milliseconds when it was read. */
  readonly readAtMs: number;
  /** Wall clock in milliseconds when the broker acknowledged it; undefined: it is still in the outbox. */
  readonly deliveredAtMs: number | undefined;
}

/** A change of a transaction to write. */
export interface TransactionChange {
  readonly meter: string;
  readonly meterId: string;
  readonly transactionId: string;
  /** `starting` and `idle` reset the transaction: times and start value of a failed start are removed. */
  readonly state: StoredState;
  readonly atMs: number;
  readonly reason?: string | undefined;
  readonly evseId?: string | undefined;
  readonly request?: string | undefined;
  readonly startedAtMs?: number | undefined;
}

/** A record that was just read from a meter. */
export interface NewRecord extends
  Pick<
    StoredRecord,
    | "meter"
    | "meterId"
    | "transactionId"
    | "evseId"
    | "reason"
    | "ocmf"
    | "publicKey"
    | "signingMethod"
    | "readAtMs"
  > {
  /** Number of a record that is attached to this transaction by mistake; this record replaces it. */
  readonly replaces?: number | undefined;
}

/** Facts about a meter from its earlier records. */
export interface MeterMemory {
  /** The public key that was seen first, upper-case hex; undefined: none yet. */
  readonly firstKey: string | undefined;
  /** Number in PG of the last transaction record (41 for `T41`); undefined: none yet. */
  readonly lastPagination: number | undefined;
}

/** Which meter answers under a name of the configuration: a row of the table `places`. */
export interface MeterPlace {
  /** Id of the meter that was found there last, as in {@linkcode StoredRecord}. */
  readonly meterId: string;
  /** The meter that was there before, until the replacement is acknowledged; undefined: none. */
  readonly replaced: {
    /** Id of that meter. */
    readonly meterId: string;
    /** Wall clock in milliseconds when another meter was found. */
    readonly atMs: number;
  } | undefined;
}

/** A record that is not delivered or is to be delivered again. */
export interface WaitingRecord {
  readonly seq: number;
  /** Wall clock in milliseconds when it began to wait. */
  readonly sinceMs: number;
}

/** The last known state of a stream of the broker. */
export interface KnownStream {
  /** Its name and its domain. */
  readonly stream: string;
  /** Time of its creation, in the format of the broker. */
  readonly createdAt: string;
  /** The highest known sequence number in it. */
  readonly lastSeq: number;
}

/** The position of a record in a stream. */
export interface RecordInStream {
  readonly streamSeq: number;
  readonly messageId: string;
}

/** The position of a record that an acknowledgement reports. */
export interface StreamPlace {
  /** Name and domain of the stream. */
  readonly stream: string;
  /** Sequence number in the stream. */
  readonly streamSeq: number;
}

/** Which delivered records are to be delivered again; exactly one field is set. */
export interface RedeliverySelection {
  /** Records delivered or read from the meter at this time or later; wall clock in milliseconds. */
  readonly sinceMs?: number;
  /** Records with these message ids. */
  readonly messageIds?: readonly string[];
  /** All records. */
  readonly all?: true;
  /** Records that a stream had after a sequence number. */
  readonly storedAfter?: StreamPlace;
}
