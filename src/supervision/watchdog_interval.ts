/**
 * Within how many milliseconds the service manager expects each sign of life.
 *
 * @param env the environment: WATCHDOG_USEC, and WATCHDOG_PID if it is meant for one process
 * @param pid this process
 * @returns undefined: no watchdog is on
 */
export function watchdogMs(env: (name: string) => string | undefined, pid: number): number | undefined {
  const intendedPid = env("WATCHDOG_PID");
  if (intendedPid !== undefined && intendedPid !== String(pid)) return undefined;
  const microseconds = Number(env("WATCHDOG_USEC"));
  return Number.isSafeInteger(microseconds) && microseconds > 0 ? microseconds / 1000 : undefined;
}
