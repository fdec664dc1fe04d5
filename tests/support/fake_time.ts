import { setImmediate } from "node:timers/promises";
import type { Time } from "../../src/base/time.ts";

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A clock that only a test advances: sleeps end in order as the time advances, and never early. */
export class FakeTime implements Time {
  #wallMs: number;
  #monoMs: number;
  #sleepers: Sleeper[] = [];

  /**
   * @param wallMs wall clock at the start
   * @param monoMs monotonic clock at the start
   */
  constructor(wallMs: number = Date.UTC(2026, 0, 31, 8), monoMs = 0) {
    this.#wallMs = wallMs;
    this.#monoMs = monoMs;
  }

  now(): number {
    return this.#wallMs;
  }

  mono(): number {
    return this.#monoMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper: Sleeper = {
      atMs: this.#monoMs + Math.max(0, ms),
      wake: () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener("abort", sleeper.wake);
        resolve();
      },
    };
    this.#sleepers.push(sleeper);
    signal?.addEventListener("abort", sleeper.wake, { once: true });
    return promise;
  }

  /** Sleeps that have not ended. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /**
   * Advances both clocks by `ms`. Each sleep ends at its own time, and its continuation runs
   * before the clocks advance further.
   */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#monoMs + ms;
    await setImmediate();
    for (let next = this.#first(untilMs); next !== undefined; next = this.#first(untilMs)) {
      this.#move(next.atMs);
      next.wake();
      await setImmediate();
    }
    this.#move(untilMs);
  }

  /** Advances by `stepMs` until `done`. @throws {Error} after `limitMs` */
  async advanceUntil(done: () => boolean, limitMs = 600_000, stepMs = 10): Promise<void> {
    const latestMs = this.#monoMs + limitMs;
    await setImmediate();
    while (!done()) {
      if (this.#monoMs >= latestMs) throw new Error(`Nothing happened within ${limitMs} ms of fake time`);
      await this.advance(stepMs);
    }
  }

  /** Advances until `work` has ended. @returns its result @throws its error, or see `advanceUntil` */
  async run<T>(work: Promise<T>, limitMs = 600_000): Promise<T> {
    let ended = false;
    const end = () => void (ended = true);
    work.then(end, end);
    await this.advanceUntil(() => ended, limitMs);
    return await work;
  }

  /** Sets only the wall clock, like NTP or an administrator. */
  setWall(wallMs: number): void {
    this.#wallMs = wallMs;
  }

  #first(untilMs: number): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (sleeper.atMs <= untilMs && (first === undefined || sleeper.atMs < first.atMs)) first = sleeper;
    }
    return first;
  }

  #move(monoMs: number): void {
    if (monoMs <= this.#monoMs) return;
    this.#wallMs += monoMs - this.#monoMs;
    this.#monoMs = monoMs;
  }
}
