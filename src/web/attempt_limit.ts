import type { Time } from "../base/time.ts";

/** Options of {@linkcode AttemptLimit}. */
export interface AttemptLimitOptions {
  readonly time: Pick<Time, "mono">;
  /** Failed attempts that a client has at first. */
  readonly attempts: number;
  /** How long until it has one more, in milliseconds. */
  readonly refillMs: number;
}

/** The client whose last failure is the oldest is forgotten when there are more. */
const maxKept = 10_000;

/** Limits how often each of many clients may try something. */
export class AttemptLimit {
  /** When all attempts are available again, by client; the last failure is last. */
  readonly #fullAtMs = new Map<string, number>();
  readonly #options: AttemptLimitOptions;

  constructor(options: AttemptLimitOptions) {
    this.#options = options;
  }

  /** How long a client must wait for its next attempt, in milliseconds; 0: not at all. */
  waitMs(client: string): number {
    const { time, attempts, refillMs } = this.#options;
    const missingMs = (this.#fullAtMs.get(client) ?? 0) - time.mono();
    return Math.max(0, missingMs - (attempts - 1) * refillMs);
  }

  /** Counts an attempt. */
  count(client: string): void {
    this.#add(client, this.#options.refillMs);
  }

  /** An attempt does not count. */
  forgive(client: string): void {
    this.#add(client, -this.#options.refillMs);
  }

  #add(client: string, ms: number): void {
    const nowMs = this.#options.time.mono();
    const fullAtMs = Math.max(this.#fullAtMs.get(client) ?? 0, nowMs) + ms;
    this.#fullAtMs.delete(client);
    if (fullAtMs > nowMs) this.#fullAtMs.set(client, fullAtMs);
    const [oldest] = this.#fullAtMs.keys();
    if (oldest !== undefined && this.#fullAtMs.size > maxKept) this.#fullAtMs.delete(oldest);
  }
}
