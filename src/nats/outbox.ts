import { ErrorCode, type NatsConnection, NatsError } from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { TroubleLog } from "../base/trouble_log.ts";
import type { LiveJournal, StoredRecord } from "../journal/mod.ts";
import { ocmfResult } from "../transaction/mod.ts";
import type { NatsFailpoint } from "./failpoints.ts";
import type { Holder } from "./holder.ts";
import type { Subjects } from "./subjects.ts";
import { within } from "./within.ts";

/** What the outbox works with. */
export interface OutboxOptions {
  readonly journal: Pick<LiveJournal, "outbox" | "markDelivered">;
  readonly subjects: Subjects;
  /** JetStream domain in which a record has to be kept. */
  readonly domain: string | undefined;
  /** The connection while it is up. */
  live(): NatsConnection | undefined;
  /** The stream that must acknowledge, where one is known. */
  holder(): Holder;
  /** Creates missing streams, and says whether it did. */
  mendStreams(connection: NatsConnection): Promise<boolean>;
  /** Called at each step of a delivery. */
  readonly failpoint: NatsFailpoint | undefined;
}

/**
 * Carries records from the journal to JetStream, in order, each until it is acknowledged. At least once: a record that
 * was acknowledged but not marked comes again under the same `Nats-Msg-Id`.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #log: Log;
  readonly #time: Time;
  /** Records that cannot be put into a message; they stay in the journal and must not hold up the others. */
  readonly #stuck = new Set<number>();
  /** Records that JetStream has while the journal could not be told, with the time of the acknowledgement. */
  readonly #acknowledged = new Map<number, number>();
  readonly #trouble: TroubleLog;
  #wake = new AbortController();
  #closing = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: OutboxOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#trouble = new TroubleLog(log, time);
    this.#time = time;
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** There is something new, or a new chance. */
  wake(): void {
    this.#wake.abort();
  }

  /** The server is there again, perhaps with other limits. */
  reconnected(): void {
    this.#stuck.clear();
    this.wake();
  }

  /** Tries once more, at most `withinMs` milliseconds long; the rest stays in the journal for the next start. */
  async close(withinMs: number): Promise<void> {
    this.#closing = true;
    this.wake();
    await within(this.#ended, withinMs, this.#time);
  }

  async #run(): Promise<void> {
    let pauseMs = firstPauseMs;
    for (let last = false; !last;) {
      last = this.#closing;
      this.#wake = new AbortController();
      const through = await this.#pass();
      pauseMs = through ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs);
      if (!this.#closing) await this.#time.sleep(through ? longestPauseMs : pauseMs, this.#wake.signal);
    }
  }

  /** @returns whether nothing is left that could be done now */
  async #pass(): Promise<boolean> {
    const connection = this.#options.live();
    if (connection === undefined) return true;
    try {
      for (let rows = this.#next(); rows.length > 0; rows = this.#next()) {
        for (const row of rows) await this.#deliver(connection, row);
      }
      this.#trouble.over("records are delivered again");
      return true;
    } catch (error) {
      this.#trouble.failed("records wait in the journal; trying again", { reason: errorText(error) });
      return false;
    }
  }

  #next(): StoredRecord[] {
    return this.#options.journal.outbox(batch + this.#stuck.size).filter(({ seq }) => !this.#stuck.has(seq));
  }

  async #deliver(connection: NatsConnection, row: StoredRecord): Promise<void> {
    if (!this.#acknowledged.has(row.seq)) {
      const payload = this.#payload(row);
      if (payload === undefined || !(await this.#publish(connection, row, payload))) return;
      this.#acknowledged.set(row.seq, this.#time.now());
    }
    await this.#options.journal.markDelivered(row.seq, this.#acknowledged.get(row.seq) ?? this.#time.now());
    this.#acknowledged.delete(row.seq);
  }

  #payload(row: StoredRecord): string | undefined {
    try {
      return JSON.stringify(ocmfResult(row));
    } catch (error) {
      this.#setAside(row, error);
      return undefined;
    }
  }

  /** @returns whether the record is kept; false: it can never be */
  async #publish(connection: NatsConnection, row: StoredRecord, payload: string): Promise<boolean> {
    try {
      await this.#attempt(connection, row, payload);
    } catch (error) {
      if (hasCode(error, ErrorCode.MaxPayloadExceeded)) {
        this.#setAside(row, error);
        return false;
      }
      // No answer at all, or the wrong stream's: the stream may have been removed.
      if (!(await this.#options.mendStreams(connection))) throw error;
      await this.#attempt(connection, row, payload);
    }
    return true;
  }

  async #attempt(connection: NatsConnection, row: StoredRecord, payload: string): Promise<void> {
    const { subjects, domain } = this.#options;
    const subject = subjects.of(row.meter, "ocmf");
    const holder = this.#options.holder();
    this.#options.failpoint?.("outbox.before_publish", subject);
    const ack = await connection.jetstream().publish(subject, payload, {
      msgID: row.messageId,
      timeout: ackTimeoutMs,
      ...(holder.state === "held" ? { expect: { streamName: holder.stream } } : {}),
    });
    if (domain !== undefined && ack.domain !== domain) {
      throw new RangeError(`Record was kept by domain ${ack.domain ?? "(none)"} and not by ${domain}`);
    }
    this.#options.failpoint?.("outbox.after_acknowledgement", subject);
    this.#log.debug("delivered a record", { subject, stream: ack.stream, seq: row.seq, duplicate: ack.duplicate });
  }

  #setAside(row: StoredRecord, error: unknown): void {
    this.#stuck.add(row.seq);
    this.#log.error("a record cannot be published and stays in the journal; export it from there", {
      meter: row.meter,
      seq: row.seq,
      transaction: row.transactionId,
      reason: errorText(error),
    });
  }
}

const batch = 50;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
const ackTimeoutMs = 5_000;

function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof NatsError && error.code === code;
}
