import type { Outcome } from "./modbus_client.ts";
import { RecentTimes } from "./recent_times.ts";

/** Ways in which an exchange goes wrong. An exception is an answer, and yet not the one that was asked for. */
export const exchangeErrorKinds = ["timeout", "crc", "unexpected_answer", "exception"] as const;

/** One of {@linkcode exchangeErrorKinds}. */
export type ExchangeErrorKind = typeof exchangeErrorKinds[number];

/** What became of exchanges. */
export interface ExchangeStats {
  /** Exchanges since the line was made. */
  readonly exchanges: number;
  /** Those of them that got no usable answer; a refusal is an answer. */
  readonly errors: number;
  /** How often each thing went wrong. */
  readonly errorsByKind: Readonly<Record<ExchangeErrorKind, number>>;
  /** How long recent exchanges took that were answered, request included; absent before the first. */
  readonly latencyMs?: LatencyStats;
}

/** Percentiles in milliseconds. */
export interface LatencyStats {
  /** Half of the exchanges took no longer. */
  readonly p50: number;
  /** 99 of 100 took no longer. */
  readonly p99: number;
}

/** Counts exchanges. */
export class ExchangeCounter {
  readonly #times = new RecentTimes();
  readonly #byKind = { timeout: 0, crc: 0, unexpected_answer: 0, exception: 0 };
  #exchanges = 0;

  /** Counts an exchange; one that the device left in the middle is none. */
  count(outcome: Outcome, ms: number): void {
    if (outcome.kind === "gone") return;
    this.#exchanges++;
    if (outcome.kind === "failed") this.#byKind[outcome.failure.code]++;
    else this.#times.add(ms);
    if (outcome.kind === "refused") this.#byKind.exception++;
  }

  /** Exchanges without an answer. */
  get timeouts(): number {
    return this.#byKind.timeout;
  }

  stats(): ExchangeStats {
    const { timeout, crc, unexpected_answer } = this.#byKind;
    const [p50, p99] = [this.#times.quantile(0.5), this.#times.quantile(0.99)];
    return {
      exchanges: this.#exchanges,
      errors: timeout + crc + unexpected_answer,
      errorsByKind: { ...this.#byKind },
      ...(p50 !== undefined && p99 !== undefined && { latencyMs: { p50, p99 } }),
    };
  }
}
