import { systemTime } from "../../src/base/time.ts";

/** Waits while something is measured. */
export function pause(ms: number): Promise<void> {
  return systemTime.sleep(ms);
}

/**
 * Time until a service runs as it does for months. V8 compiles in the first half minute, and again after the service has
 * returned the memory of its start to the system, which discards compiled code.
 */
export const settledMs = 60_000;
