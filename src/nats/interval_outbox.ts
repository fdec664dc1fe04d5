import type { NatsConnection } from "nats";
import { errorText, type Log } from "../base/log.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { hourMs, minuteMs, type Time } from "../base/time.ts";
import { intervalMessageId, intervalPayload, type Subjects } from "../contract/mod.ts";
import type { IntervalQueue, WaitingInterval } from "../interval/mod.ts";
import { type ExpectedStream, publishAcknowledged } from "./acknowledged.ts";
import { DeliveryLoop, longestPauseMs } from "./delivery_loop.ts";
import { expectedStream } from "./expected_stream.ts";
import { refusalOf } from "./refusal.ts";
import type { StreamLookup } from "./stream_lookup.ts";

/** Dependencies of the outbox of intervals. */
export interface IntervalOutboxOptions {
  readonly subjects: Subjects;
  /** JetStream domain of the stream, if configured. */
  readonly domain: string | undefined;
  readonly queue: IntervalQueue;
  /** The connection; undefined while it is down or this process does not serve its meters. */
  live(): NatsConnection | undefined;
  /** Whether another process serves the meters and publishes their intervals. */
  isPassive(): boolean;
  /** The stream that must acknowledge, if known. */
  lookup(): StreamLookup;
  /** Creates missing streams. */
  ensureStreams(connection: NatsConnection): Promise<unknown>;
}

/**
 * Delivers intervals to JetStream, in order for each meter, and retries each until it is acknowledged. Delivery is at
 * least once: an interval that was acknowledged but not marked as published is sent again with the same `Nats-Msg-Id`.
 */
export class IntervalOutbox {
  readonly #options: IntervalOutboxOptions;
  readonly #time: Time;
  readonly #problemLog: ProblemLog;
  readonly #loop: DeliveryLoop;
  /** Whether the connection is up and its streams are checked. */
  #isReady = false;

  constructor(options: IntervalOutboxOptions, { log, time }: { readonly log: Log; readonly time: Time }) {
    this.#options = options;
    this.#time = time;
    this.#problemLog = new ProblemLog(log, time);
    this.#loop = new DeliveryLoop(async () => {
      const failure = await this.#pass();
      this.#report(failure);
      return failure === undefined ? longestPauseMs : undefined;
    }, time);
  }

  start(): void {
    this.#loop.start();
  }

  /** Call it when there is a new interval or another reason to retry. */
  wake(): void {
    this.#loop.wake();
  }

  /** Call it after a reconnect, when the streams are checked. */
  reconnected(): void {
    this.#isReady = true;
    this.wake();
  }

  /** Call it when the connection is lost: nothing is sent until the streams are checked again. */
  disconnected(): void {
    this.#isReady = false;
  }

  /** Makes a last attempt of at most `withinMs` milliseconds; other intervals wait for the next start. */
  async close(withinMs: number): Promise<void> {
    await this.#loop.close(withinMs);
  }

  #report(reason: string | undefined): void {
    if (reason !== undefined) {
      this.#problemLog.failed("Cannot deliver intervals; they stay in the state folder; retrying", { reason });
    } else if (this.#isReady) this.#problemLog.over("Intervals are delivered again");
  }

  /** @returns why intervals still wait; undefined: none do, or there is no connection */
  async #pass(): Promise<string | undefined> {
    if (this.#options.isPassive()) this.#leaveOld();
    const connection = this.#options.live();
    if (connection === undefined || !this.#isReady) return undefined;
    const refused = new Map<string, string>();
    try {
      const next = () => this.#options.queue.waiting(batch, [...refused.keys()]);
      for (let waiting = next(); waiting.length > 0; waiting = next()) {
        const expected = await this.#expected(connection);
        for (const each of waiting) {
          if (!refused.has(each.meter)) await this.#deliver(connection, expected, each, refused);
        }
      }
      return refused.values().next().value;
    } catch (error) {
      return refusalOf(error)?.reason ?? errorText(error);
    }
  }

  /** The process that serves has published them: its last ones wait here, too, so that none is missing if it has died. */
  #leaveOld(): void {
    const { queue } = this.#options;
    const isOld = ({ interval }: WaitingInterval) => interval.endMs < this.#time.now() - hourMs;
    for (let old = queue.waiting(batch, []).filter(isOld); old.length > 0;) {
      if (!old.every((each) => queue.published(each))) return;
      old = queue.waiting(batch, []).filter(isOld);
    }
  }

  /** A refused interval does not delay those of other meters; those of its meter wait, to keep their order. */
  async #deliver(
    connection: NatsConnection,
    expected: ExpectedStream,
    waiting: WaitingInterval,
    refused: Map<string, string>,
  ): Promise<void> {
    const { subjects, queue } = this.#options;
    const { meter, lengthMs, interval } = waiting;
    try {
      await publishAcknowledged(connection, {
        subject: subjects.interval(meter),
        payload: JSON.stringify(intervalPayload(interval, lengthMs / minuteMs)),
        messageId: intervalMessageId({ site: subjects.site, meter }, interval),
        expected,
        timeoutMs: ackTimeoutMs,
      });
      if (!queue.published(waiting)) throw new Error("the file of intervals cannot be written");
    } catch (error) {
      const refusal = refusalOf(error);
      const isOfMeter = refusal !== undefined && ["too_long", "forbidden", "refused"].includes(refusal.kind);
      if (!isOfMeter || this.#options.live() !== connection) throw error;
      refused.set(meter, refusal.reason);
    }
  }

  #expected(connection: NatsConnection): Promise<ExpectedStream> {
    const { subjects } = this.#options;
    const { prefix } = subjects;
    const options = { ...this.#options, kind: "intervals", prefix, subject: subjects.interval("*") } as const;
    return expectedStream(connection, options);
  }
}

const batch = 50;
const ackTimeoutMs = 5_000;
