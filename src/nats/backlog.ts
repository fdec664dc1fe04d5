import type { NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { TroubleLog } from "../base/trouble_log.ts";
import type { Spool, WaitingReading } from "../spool/mod.ts";
import { ReadingsCarrier } from "./carry_readings.ts";
import { jetstreamReason } from "./jetstream_reason.ts";
import type { Subjects } from "./subjects.ts";
import { within } from "./within.ts";

/** What the backlog works with. */
export interface BacklogOptions {
  readonly spool: Pick<Spool, "size" | "oldest" | "remove" | "countLost">;
  readonly subjects: Subjects;
  /** JetStream domain in which readings have to be kept. */
  readonly domain: string | undefined;
  /** The connection while it is up. */
  live(): NatsConnection | undefined;
}

/**
 * Carries readings from the spool to NATS, the oldest first, at most 200 a second in portions so small that live ones
 * pass between them. A reading leaves the spool when the broker took it: at least once, under its own `Nats-Msg-Id`.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #log: Log;
  readonly #time: Time;
  /** Readings that the broker has while the spool could not be told. */
  #carried: readonly WaitingReading[] = [];
  readonly #trouble: TroubleLog;
  readonly #refused: TroubleLog;
  #open = false;
  #wake = new AbortController();
  readonly #closing = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(options: BacklogOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#trouble = new TroubleLog(log, time);
    this.#refused = new TroubleLog(log, time, "error");
    this.#time = time;
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** NATS is there, with its streams. */
  resume(): void {
    this.#open = true;
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
    let pauseMs = firstPauseMs;
    while (!this.#closing.signal.aborted) {
      this.#wake = new AbortController();
      const through = await this.#pass();
      pauseMs = through ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs);
      if (!this.#closing.signal.aborted) await this.#time.sleep(through ? longestPauseMs : pauseMs, this.#wake.signal);
    }
  }

  /** @returns whether nothing is left that could be done now */
  async #pass(): Promise<boolean> {
    const { live, spool, subjects, domain } = this.#options;
    const connection = live();
    if (connection === undefined || !this.#open || spool.size === 0) return true;
    const carrier = new ReadingsCarrier(connection, { subjects, domain, time: this.#time });
    let count = 0;
    try {
      while (this.#open && !this.#closing.signal.aborted) {
        const beganMs = this.#time.mono();
        const done = await this.#portion(carrier);
        count += done;
        if (done === 0) break;
        await this.#time.sleep(portionMs - (this.#time.mono() - beganMs), this.#closing.signal);
      }
      this.#trouble.over("readings leave the spool again");
    } catch (error) {
      this.#trouble.failed("readings wait in the spool; trying again", {
        reason: jetstreamReason(error, { domain: this.#options.domain }),
      });
    }
    if (count > 0) this.#log.info("published readings of the spool", { readings: count, left: spool.size });
    return spool.size === 0;
  }

  /** @returns how many readings left the spool */
  async #portion(carrier: ReadingsCarrier): Promise<number> {
    const { spool } = this.#options;
    this.#remove(this.#carried);
    const { taken, refused, error } = await carrier.carry(spool.oldest(portion));
    if (refused.length > 0) {
      this.#refused.failed("readings can never be published and are dropped; the server takes no messages so long", {
        readings: refused.length,
      });
      spool.countLost(refused.length);
    }
    this.#remove([...taken, ...refused]);
    if (error !== undefined) throw error;
    return taken.length + refused.length;
  }

  #remove(readings: readonly WaitingReading[]): void {
    this.#carried = readings;
    if (readings.length === 0) return;
    if (!this.#options.spool.remove(readings)) throw new Error("The spool cannot be written");
    this.#carried = [];
  }
}

/** 20 readings each 100 ms. */
const portion = 20;
const portionMs = 100;
const firstPauseMs = 500;
const longestPauseMs = 5_000;
