import type { NatsConnection } from "nats";
import { errorText, type Log } from "../base/log.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { hourMs, minuteMs, type Time } from "../base/time.ts";
import { intervalMessageId, intervalPayload, type Subjects } from "../contract/mod.ts";
import type { IntervalQueue, WaitingInterval } from "../interval/mod.ts";
import { type ExpectedStream, publishAcknowledged } from "./acknowledged.ts";
import { DeliveryLoop, longestPauseMs } from "./delivery_loop.ts";
import { expectedStream } from "./expected_stream.ts";
import { isQuick, maxRefusals, refusalOf, UnusableRecord } from "./refusal.ts";
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
  /** By meter, why its intervals were refused in the last passes: the next pass starts with those of other meters. */
  readonly #refused = new Map<string, string>();
  /** Refusals since the last stored interval. */
  #refusals = 0;

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
    this.#refused.clear();
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
    this.#refusals = 0;
    try {
      const next = () => this.#options.queue.waiting(batch, [...this.#refused.keys()]);
      for (let waiting = next(); waiting.length > 0; waiting = next()) {
        const expected = await this.#expected(connection);
        if (!await this.#options.queue.synced()) throw new Error("the file of intervals cannot be written to the disk");
        for (const each of waiting) {
          if (!this.#refused.has(each.meter)) await this.#deliver(connection, expected, each);
        }
      }
      const reason = this.#refused.values().next().value;
      this.#refused.clear();
      return reason;
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
  async #deliver(connection: NatsConnection, expected: ExpectedStream, waiting: WaitingInterval): Promise<void> {
    const { meter } = waiting;
    try {
      await publishAcknowledged(connection, { ...this.#message(waiting), expected, timeoutMs: ackTimeoutMs });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined || refusal.kind === "full" || this.#options.live() !== connection) throw error;
      this.#refused.set(meter, refusal.reason);
      // Nothing is accepted: an attempt for every meter would take too long
      if (++this.#refusals >= maxRefusals && !isQuick.includes(refusal.kind)) throw error;
      return;
    }
    this.#refusals = 0;
    if (!this.#options.queue.published(waiting)) throw new Error("the file of intervals cannot be written");
  }

  /** @throws {UnusableRecord} the interval cannot be made a message */
  #message({ meter, lengthMs, interval }: WaitingInterval) {
    const { subjects } = this.#options;
    try {
      return {
        subject: subjects.interval(meter),
        payload: JSON.stringify(intervalPayload(interval, lengthMs / minuteMs)),
        messageId: intervalMessageId({ site: subjects.site, meter }, interval),
      };
    } catch (error) {
      throw new UnusableRecord(`an interval of ${meter} cannot be made a message: ${errorText(error)}`);
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
