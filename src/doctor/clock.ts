import { clockProblem } from "../base/machine_clock.ts";
import { timestamp } from "../base/time.ts";
import type { Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";

const remedy = "start chrony or systemd-timesyncd, and check with timedatectl that it reaches a time server";

/** Checks the clock of this machine. */
export function checkClock({ settings, nowMs, clockSynchronised: synchronised }: Examined): readonly Finding[] {
  const findings = new Findings("clock");
  const { requireSync } = settings.clock;
  const problem = clockProblem({ nowMs, synchronised, requireSync });
  if (problem !== undefined) {
    return findings.problem(`This machine's clock ${problem}; no meter clock is set`, remedy).all;
  }
  const time = `it is ${timestamp(nowMs)}`;
  if (synchronised === true) return findings.ok(`The clock is synchronised; ${time}`).all;
  if (synchronised === undefined) {
    return findings.unknown(`The kernel does not report whether the clock is synchronised; ${time}`).all;
  }
  return findings.warning(`The clock is not synchronised, and clock.require_sync is off; ${time}`, remedy).all;
}
