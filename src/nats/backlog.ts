import { ErrorCode, type NatsConnection, NatsError } from "nats";
import { BackOff } from "../base/back_off.ts";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { TroubleLog } from "../base/trouble_log.ts";
import type { Subjects } from "../contract/mod.ts";
import type { Spool, WaitingReading } from "../spool/mod.ts";
import { type ExpectedStream, ForeignAcknowledgement } from "./acknowledged.ts";
import { type CarryFailure, carryReadings } from "./carry_readings.ts";
import { DrainPace } from "./drain_pace.ts";
import { flushed } from "./flushed.ts";
import { jetstreamReason } from "./jetstream_reason.ts";
import { MeterPauses } from "./meter_pauses.ts";
import type { PlainReadings } from "./plain_readings.ts";
import type { ReadingsTarget } from "./readings_target.ts";
import { within } from "./within.ts";

/** What the backlog works with. */
export interface BacklogOptions {
  readonly spool: Pick<Spool, "size" | "oldest" | "remove" | "countLost">;
  readonly subjects: Subjects;
  /** The connection while it is up. */
  live(): NatsConnection | undefined;
  /** Where readings go now. */
  target(connection: NatsConnection): ReadingsTarget;
  /** The stream that acknowledged the last live reading, if it did. */
  acknowledgedBy(): ExpectedStream | undefined;
  /** Publishes where no stream holds readings. */
  readonly plain: Pick<PlainReadings, "carry">;
  /** Creates missing streams. */
  mendStreams(connection: NatsConnection): Promise<unknown>;
  /** @default Math.random */
  readonly random?: () => number;
}

/**
 * Carries readings from the spool to their stream, the oldest first, at most 200 a second in portions so small that live
 * ones pass between them. A reading leaves the spool when the stream acknowledged it: at least once, under its own
 * `Nats-Msg-Id`. While no stream is known to hold readings they wait.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #log: Log;
  readonly #time: Time;
  readonly #random: () => number;
  readonly #pauses: MeterPauses;
  /** Readings that the broker has while they could not be removed from the spool. */
  #carried: readonly WaitingReading[] = [];
  readonly #trouble: TroubleLog;
  readonly #refused: TroubleLog;
  /** A stream that refuses gets only a few readings at each attempt: subscribers see them every time. */
  #pace = new DrainPace();
  #open = false;
  #reconnected = false;
  #wake = new AbortController();
  readonly #closing = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(options: BacklogOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#trouble = new TroubleLog(log, time);
    this.#refused = new TroubleLog(log, time, "error");
    this.#time = time;
    this.#random = options.random ?? Math.random;
    this.#pauses = new MeterPauses(time);
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** NATS is there, with its streams. */
  resume(): void {
    this.#open = true;
    this.#reconnected = true;
    this.#pauses.clear();
    this.#pace = new DrainPace();
    this.#wake.abort();
  }

  /** NATS is away. */
  pause(): void {
    this.#open = false;
  }

  /** Ends behind the portion under way, at most `withinMs` milliseconds long; the rest stays in the spool. */
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

  /** @returns whether nothing is left that could be done now */
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
        else if (nowMs - takenMs > fruitlessMs) break;
        const pauseMs = portion.failure === undefined ? pace.acknowledged(nowMs - beganMs) : 0;
        await this.#time.sleep(pauseMs, this.#closing.signal);
      }
    } catch (error) {
      failure = { error };
    }
    if (count > 0) this.#log.info("published readings of the spool", { readings: count, left: spool.size });
    if (failure === undefined) {
      if (count > 0) this.#trouble.over("readings leave the spool again");
    } else {
      this.#trouble.failed("readings wait in the spool; trying again", {
        reason: jetstreamReason(failure.error, failure),
      });
      if (isWithoutStream(failure.error)) await this.#options.mendStreams(connection);
    }
    return spool.size === 0;
  }

  /** Nodes that lost one server at the same moment do not send what they have at the same moment. */
  async #spread(): Promise<void> {
    if (!this.#reconnected) return;
    this.#reconnected = false;
    if (this.#options.spool.size > smallBacklog) {
      await this.#time.sleep(spreadMs * this.#random(), this.#closing.signal);
    }
  }

  async #roundTripMs(connection: NatsConnection): Promise<number> {
    const beganMs = this.#time.mono();
    if (!(await flushed(connection, answerMs, this.#time))) throw new Error("The server does not answer");
    return this.#time.mono() - beganMs;
  }

  /** @returns how many readings left the spool and why others did not; undefined: there are none that may be tried */
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
      this.#refused.failed("readings can never be published and are dropped; the server takes no messages so long", {
        readings: refused.length,
        reason,
      });
      spool.countLost(refused.length, `they are refused: ${reason}`);
    }
    for (const { meter } of taken) this.#pauses.taken(meter);
    for (const meter of new Set(failed.map(({ meter }) => meter))) this.#pauses.refused(meter);
    this.#remove([...taken, ...refused]);
    return { done: taken.length + refused.length, failure };
  }

  #remove(readings: readonly WaitingReading[]): void {
    this.#carried = readings;
    if (readings.length === 0) return;
    if (!this.#options.spool.remove(readings)) throw new Error("The spool cannot be written");
    this.#carried = [];
  }
}

function isWithoutStream(error: unknown): boolean {
  return error instanceof ForeignAcknowledgement || isUnanswered(error);
}

/** Nobody is subscribed. JetStream uses the same number in refusals of its own. */
function isUnanswered(error: unknown): boolean {
  return error instanceof NatsError && error.code === ErrorCode.NoResponders && error.api_error === undefined;
}

const answerMs = 5_000;
const firstPauseMs = 1_000;
const longestPauseMs = 5_000;
/** After so long without one acknowledgement the stream is at fault, not a meter. */
const fruitlessMs = 10_000;
/** What a few seconds of live readings are. */
const smallBacklog = 20;
const spreadMs = 2_000;
