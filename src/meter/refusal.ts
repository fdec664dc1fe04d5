import { LineError } from "../line/mod.ts";
import { exceptions, isBusy, ModbusError } from "../modbus/mod.ts";
import { PortError } from "../../bridge/mod.ts";
import type { RegisterAccess } from "./register_access.ts";

/** Whether the meter itself said no to a request, as it does for a register that it does not have. */
export function isRefusal(error: unknown): error is ModbusError {
  return error instanceof ModbusError && !isBusy(error.exception);
}

/** Whether the line has no device to talk through, so that no meter can be reached. */
export function isClosed(error: unknown): boolean {
  return error instanceof PortError || (error instanceof LineError && error.code === "closed");
}

/**
 * Reads once more what was refused: a refusal by mistake, or one that a disturbance made, must not stand for a register
 * that the meter does not have.
 *
 * @throws what the last attempt throws
 */
export async function retryRefusalOnce<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return await read();
  }
}

/** Undefined: the meter does not have the register, as it said twice. */
export async function unlessAbsent<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await retryRefusalOnce(read);
  } catch (error) {
    if (error instanceof ModbusError && error.exception === exceptions.illegalAddress) return undefined;
    throw error;
  }
}

/** Attempts to read what a meter can do without, and to which some are silent instead of refusing it. */
const maxOptionalAttempts = 2;

/**
 * Undefined: the meter refuses, or gives no usable answer.
 *
 * @throws {LineError} the line is closed
 */
export async function unlessUnanswered<T>(
  registers: RegisterAccess,
  read: (registers: RegisterAccess) => Promise<T>,
): Promise<T | undefined> {
  try {
    const withFewAttempts = registers.with({ attempts: maxOptionalAttempts });
    return await retryRefusalOnce(() => read(withFewAttempts));
  } catch (error) {
    if (registers.withdrawn || isClosed(error)) throw error;
    if (error instanceof ModbusError || error instanceof LineError) return undefined;
    throw error;
  }
}
