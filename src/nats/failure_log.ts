import { BackOff } from "../base/back_off.ts";
import type { Log, LogLevel } from "../base/log.ts";
import { hourMs, minuteMs, type Time } from "../base/time.ts";
import type { TransactionErrorCode } from "../transaction/mod.ts";

/** A request that failed. */
export interface Failure {
  readonly meter: string;
  /** End of the subject: `reading.get`. */
  readonly endpoint: string;
  readonly code: TransactionErrorCode;
  /** The transaction id, if the request has one. */
  readonly transaction: string | undefined;
  /** A sentence. */
  readonly error: string;
}

/** Further failures of one kind after the first one was logged. */
interface Run {
  /** Failures since the last line. */
  count: number;
  last: Failure;
}

/** Errors of the caller, and errors by design, are not logged as warnings. */
const ofTheCaller: readonly TransactionErrorCode[] = [
  "INVALID_REQUEST",
  "UNKNOWN_TRANSACTION",
  "TRANSACTION_FINISHED",
  "TRANSACTION_OPEN",
  "NOT_SUPPORTED",
];

/**
 * Logs failed requests. Further failures with the same meter, endpoint and code are counted and logged together: first
 * after a minute, then less often, down to once an hour. A client with too many requests must not fill the log.
 */
export class FailureLog {
  readonly #log: Log;
  readonly #time: Time;
  readonly #runs = new Map<string, Run>();
  readonly #closing = new AbortController();

  constructor(log: Log, time: Time) {
    this.#log = log;
    this.#time = time;
  }

  /** Logs a failure, or counts it. */
  add(failure: Failure): void {
    const key = `${failure.meter} ${failure.endpoint} ${failure.code}`;
    const run = this.#runs.get(key);
    if (run !== undefined) {
      run.count++;
      run.last = failure;
      return;
    }
    this.#write(failure);
    const begun = { count: 0, last: failure };
    this.#runs.set(key, begun);
    void this.#follow(key, begun);
  }

  /** Logs the failures that were only counted so far. */
  close(): void {
    this.#closing.abort();
  }

  async #follow(key: string, run: Run): Promise<void> {
    const backOff = new BackOff({ firstMs: minuteMs, longestMs: hourMs });
    do {
      run.count = 0;
      await this.#time.sleep(backOff.failed(), this.#closing.signal);
      if (run.count > 0) this.#write(run.last, run.count);
    } while (run.count > 0 && !this.#closing.signal.aborted);
    this.#runs.delete(key);
  }

  #write({ meter, endpoint, code, transaction, error }: Failure, count = 1): void {
    const message = count === 1
      ? `Request failed: ${error}`
      : `${count} more requests failed in the same way; the last one: ${error}`;
    const fields = { meter, endpoint, code, transaction, ...(count === 1 ? {} : { count }) };
    this.#log[levelOf(code)](message, fields);
  }
}

function levelOf(code: TransactionErrorCode): LogLevel {
  if (code === "INTERNAL") return "error";
  return ofTheCaller.includes(code) ? "info" : "warn";
}
