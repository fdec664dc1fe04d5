import type { Time } from "../base/time.ts";

/** Resolves when `work` has ended, or after `ms` milliseconds. `work` must not reject. */
export async function within(work: Promise<unknown>, ms: number, time: Time): Promise<void> {
  const timer = new AbortController();
  await Promise.race([work, time.sleep(ms, timer.signal)]);
  timer.abort();
}
