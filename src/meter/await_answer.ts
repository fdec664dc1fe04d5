import { BackOff } from "../base/back_off.ts";
import { LineError } from "../line/mod.ts";
import type { Time } from "../base/time.ts";
import { isClosed } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import { identificationCode } from "./registers.ts";

/** A device that is plugged in again is worth finding sooner than a silent meter. */
const reopenedWithinMs = 1000;

/** How a silent meter is waited for. */
export interface WaitOptions {
  /** Why it is waited for. */
  readonly failure: unknown;
  /** First pause in milliseconds; each further one is twice as long. */
  readonly firstMs: number;
  /** Longest pause in milliseconds. */
  readonly longestMs: number;
  readonly time: Time;
  readonly signal: AbortSignal;
}

/**
 * Waits until a meter answers anything at all. It is asked after each pause by one exchange, so that a dead address
 * costs its line no more than that; while the line itself is closed that costs nothing, and it is asked each second.
 */
export async function awaitAnswer(
  registers: RegisterAccess,
  { failure, firstMs, longestMs, time, signal }: WaitOptions,
): Promise<void> {
  const probe = registers.with({ attempts: 1, immediateRepeats: false, repeatRefused: false, signal });
  let closed = isClosed(failure);
  const backOff = new BackOff({ firstMs, longestMs: longestMs });
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
