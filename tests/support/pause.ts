import { systemTime } from "../../src/base/time.ts";

/** Waits some milliseconds, or until `signal` is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return systemTime.sleep(ms, signal);
}

/** Waits for `work` for at most some milliseconds; false: it has not ended. */
export async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const wait = new AbortController();
  const outcome = await Promise.race([promise.then(() => true), pause(ms, wait.signal).then(() => false)]);
  wait.abort();
  return outcome;
}
