import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { MeterFaults } from "./faults.ts";
import type { RegisterAccess } from "./register_access.ts";

const sampleEveryMs = 5000;
/** A window has at least this duration and at least this number of exchanges. */
const windowMs = 60_000;
const minExchanges = 40;
/** Share of failed exchanges above which a line counts as noisy, and below which the fault is cleared. */
const noisy = { from: 0.05, until: 0.02 } as const;

interface Sample {
  readonly atMs: number;
  readonly exchanges: number;
  readonly errors: number;
  readonly timeouts: number;
}

/** Dependencies of the check for line noise. */
export interface LineNoiseDeps {
  /** Name of the meter, for the message of the fault. */
  readonly name: string;
  readonly faults: MeterFaults;
  readonly time: Time;
  readonly log: Log;
}

/**
 * Checks the share of failed exchanges with a meter until `signal` is aborted. Repeats hide single errors, so a line
 * that gets worse raises a fault before the meter can no longer be read.
 */
export async function watchLineNoise(
  registers: RegisterAccess,
  { name, faults, time, log }: LineNoiseDeps,
  signal: AbortSignal,
): Promise<void> {
  const samples: Sample[] = [];
  while (!signal.aborted) {
    const stats = registers.stats();
    if (stats === undefined) return;
    const { exchanges, errors, errorsByKind } = stats;
    const now = { atMs: time.mono(), exchanges, errors, timeouts: errorsByKind.timeout };
    samples.push(now);
    while (isLongEnough(samples[1], now)) samples.shift();
    updateFault(samples[0] ?? now, now);
    await time.sleep(sampleEveryMs, signal);
  }

  function updateFault(first: Sample, last: Sample): void {
    const all = last.exchanges - first.exchanges;
    const failed = last.errors - first.errors;
    if (all < minExchanges) return;
    if (faults.has("LineNoisy")) {
      if (failed / all >= noisy.until) return;
      faults.clear("LineNoisy");
      log.info("The line is no longer noisy");
    } else if (failed / all >= noisy.from) {
      const silent = last.timeouts - first.timeouts;
      const message = `${failed} of the last ${all} exchanges with meter ${name} had no usable answer ` +
        `(${silent} none, ${failed - silent} damaged or unexpected); check cabling, termination and shielding`;
      faults.raise("LineNoisy", message);
      log.warn(message);
    }
  }
}

function isLongEnough(first: Sample | undefined, last: Sample): boolean {
  return first !== undefined && last.atMs - first.atMs >= windowMs &&
    last.exchanges - first.exchanges >= minExchanges;
}
