import { createInbox, ErrorCode, type Msg, type NatsConnection, NatsError, type Subscription } from "nats";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { within } from "../base/waits.ts";
import type { SpooledReading } from "../spool/mod.ts";
import { type ExpectedStream, isExpected, nameOf, readAnswer } from "./acknowledged.ts";
import { forbiddenText, jetstreamReason } from "./jetstream_reason.ts";
import { namedHeaders } from "./publish.ts";

/** A reading that is sent to a stream. */
export interface OutgoingReading {
  readonly subject: string;
  readonly reading: SpooledReading;
  readonly expected: ExpectedStream;
  /** See `ReadingsTarget`. */
  readonly mayNotExist: boolean;
}

/** Dependencies of a window. */
export interface PublishWindowOptions {
  /** Called with readings that the stream did not acknowledge. */
  returnReadings(readings: readonly SpooledReading[]): void;
  /** Prefix of the subjects for acknowledgements. */
  inboxPrefix(): string;
}

interface Waiting extends OutgoingReading {
  readonly sentMs: number;
}

/**
 * A limited number of published readings that the expected stream has not acknowledged yet. A reading that is refused,
 * or not acknowledged in time, is returned with `returnReadings`. All answers use one subscription, because a separate
 * request for each reading needs several times as much CPU time.
 */
export class PublishWindow {
  readonly #options: PublishWindowOptions;
  readonly #time: Time;
  readonly #problemLog: ProblemLog;
  readonly #waiting = new Map<string, Waiting>();
  readonly #closing = new AbortController();
  #inbox: { readonly connection: NatsConnection; readonly subject: string; readonly answers: Subscription } | undefined;
  #lastToken = 0;
  #failedMs = -Infinity;
  #acknowledgedBy: ExpectedStream | undefined;
  #isReturningLate = false;
  #empty = Promise.withResolvers<void>();

  constructor(options: PublishWindowOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#time = time;
    this.#problemLog = new ProblemLog(log, time);
  }

  /** The stream that acknowledged last; undefined: none did on this connection. */
  get acknowledgedBy(): ExpectedStream | undefined {
    return this.#acknowledgedBy;
  }

  /**
   * Publishes a reading at once.
   *
   * @throws {NatsError} the message is larger than the server's `max_payload`, or the connection is closed
   */
  send(connection: NatsConnection, { subject, reading, expected, mayNotExist }: OutgoingReading): void {
    const token = (++this.#lastToken).toString(36);
    const named = namedHeaders(reading.messageId);
    connection.publish(subject, reading.payload, { headers: named, reply: this.#replyTo(connection) + token });
    this.#waiting.set(token, { subject, reading, expected, mayNotExist, sentMs: this.#time.mono() });
    if (this.#waiting.size > maxWaiting) this.#returnOldest();
    void this.#returnLate();
  }

  /** Call it when the server refuses to publish on a subject. */
  denied(subject: string): void {
    const tokens = [...this.#waiting].filter(([, waiting]) => waiting.subject === subject).map(([token]) => token);
    this.#returnUnconfirmed(tokens, forbiddenText(subject));
  }

  /** Call it when the connection is lost; the last readings may be lost with it. */
  disconnected(): void {
    this.#acknowledgedBy = undefined;
    this.#returnUnconfirmed([...this.#waiting.keys()]);
  }

  /** Waits at most `withinMs` milliseconds for acknowledgements and returns the other readings. */
  async close(withinMs: number): Promise<void> {
    if (this.#waiting.size > 0) await within(this.#empty.promise, withinMs, this.#time);
    this.#closing.abort();
    this.#returnUnconfirmed([...this.#waiting.keys()]);
  }

  #replyTo(connection: NatsConnection): string {
    if (this.#inbox?.connection === connection && !this.#inbox.answers.isClosed()) return this.#inbox.subject;
    const subject = `${createInbox(this.#options.inboxPrefix())}.`;
    const callback = (error: Error | null, message: Msg) => {
      if (error === null) this.#answered(message.subject.slice(subject.length), message);
    };
    this.#inbox = { connection, subject, answers: connection.subscribe(`${subject}*`, { callback }) };
    return subject;
  }

  #answered(token: string, message: Msg): void {
    const waiting = this.#waiting.get(token);
    if (waiting === undefined) return;
    const { subject, expected, mayNotExist } = waiting;
    if (message.headers?.code === Number(noResponder.code)) {
      return this.#returnUnconfirmed([token], mayNotExist ? undefined : jetstreamReason(noResponder, { subject }));
    }
    const { ack, error, stream, domain } = readAnswer(message);
    if (ack !== undefined && isExpected(expected, ack)) {
      this.#remove(token);
      this.#acknowledgedBy = expected;
      // The readings of one meter may always fail while those of others succeed
      if (this.#time.mono() - this.#failedMs > recoveredAfterMs) {
        this.#problemLog.over("Readings are acknowledged again");
      }
    } else if (error !== undefined && (stream === undefined || stream === expected.stream)) {
      this.#returnUnconfirmed([token], jetstreamReason(error));
    } else {
      // The expected stream may still answer
      this.#problemLog.failed(
        "Another stream or program answered a reading; only the acknowledgement of the expected stream counts",
        {
          subject,
          expected: nameOf(expected),
          answered: nameOf({ stream, domain }),
        },
      );
    }
  }

  #returnOldest(): void {
    for (const token of this.#waiting.keys()) {
      return this.#returnUnconfirmed([token], `more than ${maxWaiting} readings are not acknowledged`);
    }
  }

  async #returnLate(): Promise<void> {
    if (this.#isReturningLate) return;
    this.#isReturningLate = true;
    while (this.#waiting.size > 0 && !this.#closing.signal.aborted) {
      await this.#time.sleep(expiryCheckMs, this.#closing.signal);
      const beforeMs = this.#time.mono() - answerMs;
      const late: string[] = [];
      for (const [token, { sentMs }] of this.#waiting) {
        if (sentMs > beforeMs) break;
        late.push(token);
      }
      const subject = this.#waiting.get(late[0] ?? "")?.subject;
      this.#returnUnconfirmed(late, jetstreamReason(noAnswer, { subject }));
    }
    this.#isReturningLate = false;
  }

  /** @param reason undefined: it is reported elsewhere, or is no problem */
  #returnUnconfirmed(tokens: readonly string[], reason?: string): void {
    const readings = tokens.flatMap((token) => this.#remove(token)?.reading ?? []);
    if (readings.length === 0) return;
    if (reason !== undefined) {
      this.#failedMs = this.#time.mono();
      this.#problemLog.failed("Readings are not acknowledged; they wait in the spool", { reason });
    }
    this.#options.returnReadings(readings);
  }

  #remove(token: string): Waiting | undefined {
    const waiting = this.#waiting.get(token);
    this.#waiting.delete(token);
    if (this.#waiting.size === 0) {
      this.#empty.resolve();
      this.#empty = Promise.withResolvers<void>();
    }
    return waiting;
  }
}

/** About 10 MB of signed readings. */
const maxWaiting = 5_000;
/** A stream that does not answer for this long has no leader, or its server has stopped. */
const answerMs = 5_000;
const expiryCheckMs = 1_000;
/** Time without a failure after which the problem counts as over. */
const recoveredAfterMs = 60_000;
/** The server reports this if there is no subscriber. */
const noResponder = new NatsError("No stream or program receives the message", ErrorCode.NoResponders);
const noAnswer = new NatsError("No acknowledgement in time", ErrorCode.Timeout);
