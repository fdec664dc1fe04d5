import { type BackOffLimits, backOffMs } from "../base/back_off.ts";
import type { Log } from "../base/log.ts";
import { minuteMs, type Time } from "../base/time.ts";
import type { NodeHealth } from "../health/mod.ts";
import type { StoredRecord } from "../journal/mod.ts";
import type { Refusal, RefusalKind } from "./refusal.ts";

/** A refused record that waits for its next attempt. */
interface Entry {
  readonly row: StoredRecord;
  readonly refusal: Refusal;
  /** Number of failed attempts. */
  readonly attempts: number;
  /** Monotonic time of the next attempt. */
  readonly dueMs: number;
  /** Whether other records were stored since then, so that the cause is this record or its subject. */
  readonly isSingle: boolean;
}

/**
 * Refused records. Each is retried with a growing delay. A record that can be stored later blocks the later records
 * of its meter, so that they stay in order; a record that is too long does not.
 */
export class RefusedRecords {
  readonly #health: Pick<NodeHealth, "raise" | "clear">;
  readonly #log: Log;
  readonly #time: Time;
  readonly #entries = new Map<number, Entry>();
  /** The oldest record that blocks its meter, by name of the meter. */
  readonly #blocking = new Map<string, number>();
  #isFull = false;

  constructor({ health, log, time }: { health: Pick<NodeHealth, "raise" | "clear">; log: Log; time: Time }) {
    this.#health = health;
    this.#log = log;
    this.#time = time;
  }

  /** The oldest record that blocks its meter, by name of the meter. */
  get blockingRecords(): ReadonlyMap<string, number> {
    return this.#blocking;
  }

  /** Whether a record may be tried now. */
  mayTry(row: StoredRecord): boolean {
    const entry = this.#entries.get(row.seq);
    return !this.#isBlocked(row) && (entry === undefined || entry.dueMs <= this.#time.mono());
  }

  /** Milliseconds until the next attempt; infinite: none is planned. */
  get nextInMs(): number {
    const due = [...this.#entries.values()].filter(({ row }) => !this.#isBlocked(row)).map(({ dueMs }) => dueMs);
    return Math.max(0, Math.min(...due) - this.#time.mono());
  }

  /** Why valid records wait: JetStream has no room or does not answer; undefined: none waits. */
  get waitingFor(): string | undefined {
    return [...this.#entries.values()].find(({ refusal }) => !kinds[refusal.kind].concernsOne)?.refusal.reason;
  }

  /** Adds a refused record. */
  add(row: StoredRecord, refusal: Refusal): void {
    const known = this.#entries.get(row.seq);
    const attempts = (known?.attempts ?? 0) + 1;
    const kind = kinds[refusal.kind];
    const dueMs = this.#time.mono() + backOffMs(attempts, kind);
    const isSingle = kind.concernsOne || (known?.isSingle === true && known.refusal.kind === refusal.kind);
    this.#entries.set(row.seq, { row, refusal, attempts, dueMs, isSingle });
    this.#updateBlocking(row.meter);
    if (known?.refusal.reason !== refusal.reason) this.#logRefusal(row, refusal);
    this.#report();
  }

  /** Call it when a record was stored. */
  stored({ seq, meter }: StoredRecord): void {
    let isChanged = this.#entries.delete(seq);
    if (isChanged) this.#updateBlocking(meter);
    for (const [other, entry] of this.#entries) {
      if (entry.refusal.kind !== "unanswered" || entry.isSingle) continue;
      this.#entries.set(other, { ...entry, isSingle: true });
      isChanged = true;
    }
    if (isChanged) this.#report();
  }

  /** Makes all records due after a reconnect: the server may have other limits and permissions. */
  retryAll(): void {
    const dueMs = this.#time.mono();
    for (const [seq, entry] of this.#entries) this.#entries.set(seq, { ...entry, dueMs, attempts: 0 });
  }

  #updateBlocking(meter: string): void {
    const blocking = [...this.#entries.values()].filter(({ row, refusal }) => row.meter === meter && !isFinal(refusal))
      .map(({ row }) => row.seq);
    if (blocking.length === 0) this.#blocking.delete(meter);
    else this.#blocking.set(meter, Math.min(...blocking));
  }

  #isBlocked({ seq, meter }: StoredRecord): boolean {
    const blocking = this.#blocking.get(meter);
    return blocking !== undefined && blocking < seq;
  }

  #report(): void {
    const entries = [...this.#entries.values()];
    const full = entries.find(({ refusal }) => refusal.kind === "full");
    if (full !== undefined) {
      this.#isFull = true;
      this.#health.raise("JetStreamFull", `JetStream has no room for records: ${full.refusal.reason}; ${roomAdvice}`);
    } else if (this.#isFull) {
      this.#isFull = false;
      this.#health.clear("JetStreamFull");
    }
    const single = entries.filter(({ isSingle }) => isSingle).sort((left, right) => left.row.seq - right.row.seq);
    if (single.length === 0) this.#health.clear("RecordRefused");
    else this.#health.raise("RecordRefused", refusedText(single));
  }

  #logRefusal({ meter, seq, transactionId: transaction }: StoredRecord, refusal: Refusal): void {
    const fields = { meter, seq, transaction, reason: refusal.reason };
    if (isFinal(refusal)) {
      this.#log.error("A record cannot be published and stays in the journal; export it with `journal export`", fields);
    } else if (kinds[refusal.kind].concernsOne) {
      this.#log.warn("A record was refused and is retried later; records of other meters are delivered", fields);
    } else this.#log.debug("A record was not stored; retrying", fields);
  }
}

/** `firstMs` is the time until the second attempt. */
interface KindFacts extends BackOffLimits {
  /** Whether the cause is always the record or its subject. */
  readonly concernsOne: boolean;
}

const kinds: Readonly<Record<RefusalKind, KindFacts>> = {
  too_long: { firstMs: minuteMs, longestMs: 60 * minuteMs, concernsOne: true },
  unusable: { firstMs: 60 * minuteMs, longestMs: 60 * minuteMs, concernsOne: true },
  forbidden: { firstMs: 5_000, longestMs: 5 * minuteMs, concernsOne: true },
  foreign: { firstMs: 1_000, longestMs: 5 * minuteMs, concernsOne: true },
  refused: { firstMs: 1_000, longestMs: 5 * minuteMs, concernsOne: true },
  full: { firstMs: 1_000, longestMs: minuteMs / 2, concernsOne: false },
  unanswered: { firstMs: 500, longestMs: minuteMs / 2, concernsOne: false },
};

/** Whether no later attempt can succeed unless a limit is changed. */
function isFinal({ kind }: Refusal): boolean {
  return kind === "too_long" || kind === "unusable";
}

const maxNamed = 5;
const roomAdvice = "raise the limit of the stream, the account or the server, or free space there";

function refusedText(entries: readonly Entry[]): string {
  const named = entries.slice(0, maxNamed).map(({ row, refusal }) =>
    `record ${row.seq} of ${row.meter}${
      row.transactionId === undefined ? "" : ` (transaction ${row.transactionId})`
    }: ` +
    refusal.reason
  );
  const more = entries.length > maxNamed ? [`and ${entries.length - maxNamed} more`] : [];
  return `NATS refuses ${[...named, ...more].join("; ")}. Correct the named limit or permission; ` +
    "the service retries; `journal export` writes the records to a file";
}
