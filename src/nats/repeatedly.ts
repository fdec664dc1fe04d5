import type { Time } from "../base/time.ts";

/** Runs `work` after each pause until `signal` is aborted. `work` must not reject. */
export async function repeatedly(
  work: () => Promise<void> | void,
  pauseMs: () => number,
  { time, signal }: { time: Pick<Time, "sleep">; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    await time.sleep(pauseMs(), signal);
    if (!signal.aborted) await work();
  }
}
