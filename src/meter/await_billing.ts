import { BackOff } from "../base/back_off.ts";
import type { Time } from "../base/time.ts";
import { readBilling } from "./billing.ts";
import type { PollEnd } from "./poll_end.ts";
import { isClosed } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";

/** A temporary failure is over soon; until then no transaction can be started or stopped. */
const firstPauseMs = 2000;
/** Often enough for somebody who has just set the signature type, with almost no load on the line. */
const longestPauseMs = 60_000;

/**
 * Checks repeatedly whether a meter that could not bill can bill now, until `signal` is aborted: its key may have been
 * set, or a refusal was temporary.
 *
 * @returns undefined when `signal` was aborted
 * @throws {LineError} the line is closed
 */
export async function awaitBilling(
  registers: RegisterAccess,
  { code, time }: { readonly code: number; readonly time: Time },
  signal: AbortSignal,
): Promise<PollEnd | undefined> {
  const backOff = new BackOff({ firstMs: firstPauseMs, longestMs: longestPauseMs });
  while (!signal.aborted) {
    await time.sleep(backOff.failed(), signal);
    if (!signal.aborted && await canBill(registers, code)) {
      return { kind: "outdated", reason: `code ${code} can bill now` };
    }
  }
  return undefined;
}

async function canBill(registers: RegisterAccess, code: number): Promise<boolean> {
  try {
    return (await readBilling(registers, code)).billing.able;
  } catch (error) {
    if (registers.withdrawn || isClosed(error)) throw error;
    return false;
  }
}
