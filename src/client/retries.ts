import { backOffMs } from "../base/back_off.ts";
import { type ClientError, NobodyThereError, RefusedError, TimedOutError } from "./errors.ts";

/** The pauses of a client. */
export interface Sleep {
  /** Resolves after `ms` milliseconds, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** How often and how long a request is tried. */
export interface AttemptOptions {
  /** Attempts in all. A repeated start or stop has the same transaction id, so it is carried out once. @default 3 */
  readonly attempts?: number;
  /** Milliseconds that each attempt waits for its reply. @default 30000 */
  readonly timeoutMs?: number;
  /** Ends the wait. The request may still be carried out. */
  readonly signal?: AbortSignal;
  /** Called with the error of each attempt that is repeated. */
  readonly onRetry?: (error: unknown) => void;
}

const defaultAttempts = 3;
const defaultTimeoutMs = 30_000;
const pauses = { firstMs: 500, longestMs: 8_000 };

/** Refusals after which the same request can succeed: `docs/faults.md`. */
const passing: readonly string[] = ["BUSY", "TIMEOUT", "METER_OFFLINE", "OCMF_NOT_READY", "MODBUS_EXCEPTION"];

/** Whether a request had no answer, which is so during an interruption. */
export function isUnanswered(error: unknown): error is NobodyThereError | TimedOutError {
  return error instanceof NobodyThereError || error instanceof TimedOutError;
}

/** Whether the same request can succeed later. */
export function canSucceedLater(error: unknown): error is ClientError {
  return isUnanswered(error) || error instanceof RefusedError && passing.includes(error.code);
}

/** Whether the node has not accepted the request. */
export function isNotAccepted(error: unknown): error is ClientError {
  return error instanceof NobodyThereError || error instanceof RefusedError && error.code === "BUSY";
}

/**
 * Repeats a request.
 *
 * @param attempt sends the request once
 * @param mayRepeat whether to repeat it after this error
 */
export async function repeated<T>(
  attempt: (timeoutMs: number) => Promise<T>,
  { attempts = defaultAttempts, timeoutMs = defaultTimeoutMs, signal, onRetry }: AttemptOptions,
  time: Sleep,
  mayRepeat: (error: unknown) => boolean = canSucceedLater,
): Promise<T> {
  for (let made = 1;; made++) {
    signal?.throwIfAborted();
    try {
      return await unlessAborted(attempt(timeoutMs), signal);
    } catch (error) {
      if (made >= attempts || !mayRepeat(error)) throw error;
      onRetry?.(error);
    }
    await time.sleep(backOffMs(made, pauses), signal);
  }
}

/** Rejects with the reason of the signal when it is aborted before the work ends. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
