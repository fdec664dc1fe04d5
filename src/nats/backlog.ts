import { ErrorCode, type NatsConnection, NatsError } from "nats";
import { BackOff } from "../base/back_off.ts";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { within } from "../base/waits.ts";
import type { Subjects } from "../contract/mod.ts";
import type { Spool, WaitingReading } from "../spool/mod.ts";
import { type ExpectedStream, ForeignAcknowledgement } from "./acknowledged.ts";
import { type CarryFailure, carryReadings } from "./carry_readings.ts";
import { flushed } from "./connection.ts";
import { DrainPace } from "./drain_pace.ts";
import { jetstreamReason } from "./jetstream_reason.ts";
import { MeterPauses } from "./meter_pauses.ts";
import type { PlainReadings } from "./plain_readings.ts";
import type { ReadingsTarget } from "./readings_target.ts";

/** Dependencies of the backlog. */
export interface BacklogOptions {
  readonly spool: Pick<Spool, "size" | "oldest" | "remove" | "ready" | "countLost">;
  readonly subjects: Subjects;
  /** The connection; undefined while it is down. */
  live(): NatsConnection | undefined;
  /** The present destination of readings. */
  target(connection: NatsConnection): ReadingsTarget;
  /** The stream that acknowledged the last live reading; undefined: none did. */
  acknowledgedBy(): ExpectedStream | undefined;
  /** Publishes readings that no stream stores. */
  readonly plain: Pick<PlainReadings, "carry">;
  /** Creates missing streams. */
  ensureStreams(connection: NatsConnection): Promise<unknown>;
  /** @default Math.random */
  readonly random?: () => number;
}

/**
 * Publishes the readings in the spool to their stream, oldest first. At most 200 a second are sent, in small batches,
 * so that live readings can pass. A reading is removed from the spool after the stream has acknowledged it: delivery is
 * at least once, with the same `Nats-Msg-Id`. Readings wait while no stream is known to store them.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #log: Log;
  readonly #time: Time;
  readonly #random: () => number;
  readonly #pauses: MeterPauses;
  /** Readings that the broker has stored but that could not be removed from the spool. */
  #carried: readonly WaitingReading[] = [];
  readonly #problemLog: ProblemLog;
  readonly #refused: ProblemLog;
  /** A stream that refuses readings gets only a few at each attempt, because subscribers receive them every time. */
  #pace = new DrainPace();
  #open = false;
  #reconnected = false;
  #wake = new AbortController();
  readonly #closing = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(options: BacklogOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#problemLog = new ProblemLog(log, time);
    this.#refused = new ProblemLog(log, time, "error");
    this.#time = time;
    this.#random = options.random ?? Math.random;
    this.#pauses = new MeterPauses(time);
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** Call it when NATS is connected and its streams are checked. */
  resume(): void {
    this.#open = true;
    this.#reconnected = true;
    this.#pauses.clear();
    this.#pace = new DrainPace();
    this.#wake.abort();
  }

  /** Call it when the connection is lost. */
  pause(): void {
    this.#open = false;
  }

  /** Stops after the current batch, at most after `withinMs` milliseconds; the other readings stay in the spool. */
  async close(withinMs: number): Promise<void> {
    this.#closing.abort();
    this.#wake.abort();
    await within(this.#ended, withinMs, this.#time);
  }

  async #run(): Promise<void> {
    const backOff = new BackOff({ firstMs: firstPauseMs, longestMs: longestPauseMs });
    while (!this.#closing.signal.aborted) {
      this.#wake = new AbortController();
      const through = await this.#pass();
      if (through) backOff.reset();
      const pauseMs = through ? longestPauseMs : backOff.failed() * (0.75 + this.#random() / 2);
      if (!this.#closing.signal.aborted) await this.#time.sleep(pauseMs, this.#wake.signal);
    }
  }

  /** @returns whether nothing more can be done now */
  async #pass(): Promise<boolean> {
    const { live, spool } = this.#options;
    const connection = live();
    if (connection === undefined || !this.#open || spool.size === 0) return true;
    const target = this.#options.target(connection);
    const stream = target.state === "assumed" ? this.#options.acknowledgedBy() : target.stream;
    if (target.state === "assumed" && stream === undefined) return true;
    await this.#spread();
    let failure: CarryFailure | undefined;
    let count = 0;
    try {
      const pace = this.#pace;
      pace.begin(await this.#roundTripMs(connection));
      let takenMs = this.#time.mono();
      while (this.#open && !this.#closing.signal.aborted) {
        const beganMs = this.#time.mono();
        const portion = await this.#portion(connection, stream, pace.portion);
        if (portion === undefined) break;
        failure ??= portion.failure;
        count += portion.done;
        const nowMs = this.#time.mono();
        if (portion.failure !== undefined) pace.failed();
        if (portion.done > 0) takenMs = nowMs;
        else if (nowMs - takenMs > noProgressMs) break;
        const pauseMs = portion.failure === undefined ? pace.acknowledged(nowMs - beganMs) : 0;
        await this.#time.sleep(pauseMs, this.#closing.signal);
        await spool.ready();
      }
    } catch (error) {
      failure = { error };
    }
    if (count > 0) this.#log.info("Published readings from the spool", { readings: count, left: spool.size });
    if (failure === undefined) {
      if (count > 0) this.#problemLog.over("Readings from the spool are published again");
    } else {
      this.#problemLog.failed("Cannot publish readings from the spool; retrying", {
        reason: jetstreamReason(failure.error, failure),
      });
      if (isWithoutStream(failure.error)) await this.#options.ensureStreams(connection);
    }
    return spool.size === 0;
  }

  /** Waits a random time: many nodes that lost the same server must not send their readings at the same moment. */
  async #spread(): Promise<void> {
    if (!this.#reconnected) return;
    this.#reconnected = false;
    if (this.#options.spool.size > smallBacklog) {
      await this.#time.sleep(spreadMs * this.#random(), this.#closing.signal);
    }
  }

  async #roundTripMs(connection: NatsConnection): Promise<number> {
    const beganMs = this.#time.mono();
    if (!(await flushed(connection, answerMs, this.#time))) throw new Error("The NATS server does not answer");
    return this.#time.mono() - beganMs;
  }

  /** @returns the number of published readings and the reason why others failed; undefined: there is nothing to send */
  async #portion(
    connection: NatsConnection,
    stream: ExpectedStream | undefined,
    limit: number,
  ): Promise<{ readonly done: number; readonly failure: CarryFailure | undefined } | undefined> {
    const { spool, subjects, plain } = this.#options;
    this.#remove(this.#carried);
    const readings = spool.oldest(limit, this.#pauses.meters);
    if (readings.length === 0) return undefined;
    const { taken, refused, failed, refusal, failure } = await carryReadings(connection, readings, {
      subjects,
      stream,
      plain,
    });
    if (refusal !== undefined) {
      const reason = jetstreamReason(refusal.error);
      this.#refused.failed("Readings are dropped: they are larger than the server's `max_payload`", {
        readings: refused.length,
        reason,
      });
      spool.countLost(refused.length, `they were refused: ${reason}`);
    }
    for (const { meter } of taken) this.#pauses.taken(meter);
    for (const meter of new Set(failed.map(({ meter }) => meter))) this.#pauses.refused(meter);
    this.#remove([...taken, ...refused]);
    return { done: taken.length + refused.length, failure };
  }

  #remove(readings: readonly WaitingReading[]): void {
    this.#carried = readings;
    if (readings.length === 0) return;
    if (!this.#options.spool.remove(readings)) throw new Error("Cannot write the spool");
    this.#carried = [];
  }
}

function isWithoutStream(error: unknown): boolean {
  return error instanceof ForeignAcknowledgement || isUnanswered(error);
}

/** Whether there is no subscriber. JetStream uses the same code for its own errors. */
function isUnanswered(error: unknown): boolean {
  return error instanceof NatsError && error.code === ErrorCode.NoResponders && error.api_error === undefined;
}

const answerMs = 5_000;
const firstPauseMs = 1_000;
const longestPauseMs = 5_000;
/** After this time without an acknowledgement, the stream is the cause, not a meter. */
const noProgressMs = 10_000;
/** About as many as the live readings of a few seconds. */
const smallBacklog = 20;
const spreadMs = 2_000;
