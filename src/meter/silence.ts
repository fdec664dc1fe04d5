import { LineError } from "../line/mod.ts";
import { isClosed } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import { identificationCode } from "./registers.ts";

/**
 * One round can fail because of a disturbance, and a register that is wrongly counted as missing changes the identity.
 */
const roundsToConfirm = 2;

/**
 * Undefined: the meter did not answer at the register in two rounds, but answered at another register after each. Some
 * meters do not answer at a register that they do not have, instead of refusing it.
 *
 * @throws the error of `read`, if it is not a timeout, or if the meter does not answer at the other register
 */
export async function unlessSilent<T>(registers: RegisterAccess, read: () => Promise<T>): Promise<T | undefined> {
  for (let round = 0; round < roundsToConfirm; round++) {
    try {
      return await read();
    } catch (error) {
      const isSilence = error instanceof LineError && error.code === "timeout";
      if (!isSilence || !await answersElsewhere(registers, error)) throw error;
    }
  }
  return undefined;
}

/** Whether the meter answers at the register that every meter has, after a failure at another one. */
export async function answersElsewhere(registers: RegisterAccess, failure: unknown): Promise<boolean> {
  if (registers.withdrawn || isClosed(failure)) return false;
  try {
    await registers.value(identificationCode);
    return true;
  } catch {
    return false;
  }
}
