import process from "node:process";
import type { Log } from "../base/log.ts";

/**
 * Sends the warnings of the runtime, such as those about timers of libraries, to the log. The runtime writes them to
 * standard error itself, and that blocks the whole process if nobody reads the other end.
 *
 * @returns the runtime writes its warnings again
 */
export function logRuntimeWarnings(log: Log): () => void {
  const earlier = process.listeners("warning");
  const report = ({ name, message }: Error) => log.info("The runtime warns", { name, reason: message });
  process.removeAllListeners("warning");
  process.on("warning", report);
  return () => {
    process.off("warning", report);
    for (const listener of earlier) process.on("warning", listener);
  };
}
