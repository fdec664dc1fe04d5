import type { Time } from "../base/time.ts";

/** How much longer a wait may last than stated: a busy machine is late. */
const graceMs = 2000;

/** What a loop waits for. */
interface Wait {
  /** `waits for an answer` */
  readonly what: string;
  readonly unit?: number | undefined;
  readonly since: number;
  /** Monotonic time by which the wait must have ended. */
  dueAt: number;
  /** A later time by which it must have ended, for a wait that new events extend. */
  readonly extendedTo?: (() => number) | undefined;
  /** Ends the wait, if it has no limit. */
  readonly wake?: () => void;
}

/**
 * Shows whether the loop of a line still turns. Before each wait, the loop states how long the wait lasts at most. So a
 * line without work, without its device or with a slow meter is not taken for a dead one.
 */
export class LoopProgress {
  readonly #time: Pick<Time, "mono">;
  #wait: Wait | undefined;

  constructor(time: Pick<Time, "mono">) {
    this.#time = time;
  }

  /**
   * The loop begins a wait.
   *
   * @param what what the loop does: `waits for its device`
   */
  waits(what: string, ms: number): void {
    const since = this.#time.mono();
    this.#wait = { what, since, dueAt: since + Math.max(0, ms) };
  }

  /**
   * The loop begins an exchange.
   *
   * @param since monotonic time at which the request is sent
   * @param ms the longest wait for the first byte of the answer
   * @param extendedTo a monotonic time: the wait ends after it, if it is later
   */
  waitsForAnswer(unit: number, since: number, ms: number, extendedTo: () => number): void {
    this.#wait = { what: "waits for an answer", unit, since, dueAt: since + ms, extendedTo };
  }

  /** The loop has nothing to do until `wake` is called. */
  idles(wake: () => void): void {
    this.#wait = { what: "does not wake", since: this.#time.mono(), dueAt: Infinity, wake };
  }

  /** The loop ends, as intended. */
  ends(): void {
    this.#wait = undefined;
  }

  /**
   * Checks that the loop turns. It is called every few seconds: an idle loop is woken, and has turned at the next call.
   *
   * @returns what the loop does for too long; undefined: it turns
   */
  check(): string | undefined {
    const wait = this.#wait;
    if (wait === undefined) return undefined;
    const now = this.#time.mono();
    if (wait.dueAt === Infinity) {
      wait.dueAt = now;
      wait.wake?.();
      return undefined;
    }
    const dueAt = Math.max(wait.dueAt, wait.extendedTo?.() ?? -Infinity);
    if (now <= dueAt + graceMs) return undefined;
    const what = wait.unit === undefined ? wait.what : `${wait.what} of unit ${wait.unit}`;
    return `${what} for ${Math.round((now - wait.since) / 1000)} s`;
  }
}
