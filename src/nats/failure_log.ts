import { BackOff } from "../base/back_off.ts";
import type { Log, LogLevel } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { TransactionErrorCode } from "../transaction/mod.ts";

/** A request that failed. */
export interface Failure {
  readonly meter: string;
  /** End of the subject: `reading.get`. */
  readonly endpoint: string;
  readonly code: TransactionErrorCode;
  /** Where the request named one. */
  readonly transaction: string | undefined;
  /** A sentence. */
  readonly error: string;
}

/** Failures of one kind that follow the one that was logged. */
interface Run {
  /** Those since the last line. */
  count: number;
  last: Failure;
}

/** What the caller did wrong, or what is so by design, is no warning. */
const ofTheCaller: readonly TransactionErrorCode[] = [
  "INVALID_REQUEST",
  "UNKNOWN_TRANSACTION",
  "TRANSACTION_FINISHED",
  "NOT_SUPPORTED",
];

/**
 * One log line for a request that failed. Those of the same meter, endpoint and code that follow are counted and logged
 * together, after a minute for the first time and then ever more rarely, up to once an hour, as long as they go on: a
 * client that asks too much must not fill the log.
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

  /** Logs what was only counted so far. */
  close(): void {
    this.#closing.abort();
  }

  async #follow(key: string, run: Run): Promise<void> {
    const backOff = new BackOff({ firstMs: 60_000, longestMs: 3_600_000 });
    do {
      run.count = 0;
      await this.#time.sleep(backOff.failed(), this.#closing.signal);
      if (run.count > 0) this.#write(run.last, run.count);
    } while (run.count > 0 && !this.#closing.signal.aborted);
    this.#runs.delete(key);
  }

  #write({ meter, endpoint, code, transaction, error }: Failure, count = 1): void {
    const message = count === 1
      ? `request failed: ${error}`
      : `${count} more requests failed in the same way, the last one: ${error}`;
    const fields = { meter, endpoint, code, transaction, ...(count === 1 ? {} : { count }) };
    this.#log[levelOf(code)](message, fields);
  }
}

function levelOf(code: TransactionErrorCode): LogLevel {
  if (code === "INTERNAL") return "error";
  return ofTheCaller.includes(code) ? "info" : "warn";
}
