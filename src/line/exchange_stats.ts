import type { Outcome } from "./modbus_client.ts";
import { RecentTimes } from "./recent_times.ts";

/**
 * Kinds of failed exchanges: the codes of `LineError` except `closed`, and `exception`. An exception is an answer, but
 * not the requested one.
 */
export const exchangeErrorKinds = ["timeout", "crc", "unexpected_answer", "exception"] as const;

/** One of {@linkcode exchangeErrorKinds}. */
export type ExchangeErrorKind = typeof exchangeErrorKinds[number];

/** Counts and latency of exchanges. */
export interface ExchangeStats {
  /** Number of exchanges since the line was created. */
  readonly exchanges: number;
  /** Number of exchanges without a usable answer; a refusal is an answer. */
  readonly errors: number;
  /** Number of failures by kind; the exceptions in it are not part of `errors`. */
  readonly errorsByKind: Readonly<Record<ExchangeErrorKind, number>>;
  /** Latency of recent answered exchanges, including the request; undefined before the first one. */
  readonly latencyMs?: LatencyStats;
}

/** Percentiles in milliseconds. */
export interface LatencyStats {
  /** Median. */
  readonly p50: number;
  /** 99th percentile. */
  readonly p99: number;
}

/** Counts exchanges. */
export class ExchangeCounter {
  readonly #times = new RecentTimes();
  readonly #byKind = { timeout: 0, crc: 0, unexpected_answer: 0, exception: 0 };
  #exchanges = 0;

  /** Counts an exchange; an exchange during which the device was lost is not counted. */
  count(outcome: Outcome, ms: number): void {
    if (outcome.kind === "gone") return;
    this.#exchanges++;
    if (outcome.kind === "failed") this.#byKind[outcome.failure.code]++;
    else this.#times.add(ms);
    if (outcome.kind === "refused") this.#byKind.exception++;
  }

  /** Number of exchanges without an answer. */
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
