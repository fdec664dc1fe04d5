import { BackOff } from "../base/back_off.ts";
import { LineError } from "../line/mod.ts";
import type { Time } from "../base/time.ts";
import { isClosed } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import { identificationCode } from "./registers.ts";

/** A line that is opened again is detected sooner than a silent meter. */
const reopenedWithinMs = 1000;

/** Options of waiting for a silent meter. */
export interface WaitOptions {
  /** The failure of the meter. */
  readonly failure: unknown;
  /** First pause in milliseconds; each further pause is twice as long. */
  readonly firstMs: number;
  /** Longest pause in milliseconds. */
  readonly longestMs: number;
  readonly time: Time;
  readonly signal: AbortSignal;
}

/**
 * Waits until a meter sends any answer. Sends one request after each pause, so that a dead unit costs its line only
 * this one exchange. While the line is closed, a request costs nothing and is sent every second.
 */
export async function awaitAnswer(
  registers: RegisterAccess,
  { failure, firstMs, longestMs, time, signal }: WaitOptions,
): Promise<void> {
  const probe = registers.with({ attempts: 1, immediateRepeats: false, repeatRefused: false, signal });
  let closed = isClosed(failure);
  const backOff = new BackOff({ firstMs, longestMs });
  while (!signal.aborted) {
    await time.sleep(closed ? Math.min(longestMs, reopenedWithinMs) : backOff.failed(), signal);
    if (signal.aborted) return;
    try {
      await probe.value(identificationCode);
      return;
    } catch (error) {
      closed = isClosed(error);
      const silent = error instanceof LineError && error.code === "timeout";
      if (!closed && !silent) return;
    }
  }
}
