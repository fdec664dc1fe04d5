import { systemTime } from "../../src/base/time.ts";

/** Waits while something is measured. */
export function pause(ms: number): Promise<void> {
  return systemTime.sleep(ms);
}
