import { systemTime } from "../../src/base/time.ts";

/** Lets some milliseconds pass, or fewer when `signal` is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return systemTime.sleep(ms, signal);
}

/** Waits for something, at most some milliseconds long; false when it did not come. */
export async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const wait = new AbortController();
  const outcome = await Promise.race([promise.then(() => true), pause(ms, wait.signal).then(() => false)]);
  wait.abort();
  return outcome;
}
