/**
 * Processor time that this thread has used, in milliseconds. Unlike a clock, it does not depend on the load of the
 * machine.
 */
export function threadTimeMs(): number {
  const [nanoseconds = ""] = Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ");
  return Number(nanoseconds) / 1e6;
}
