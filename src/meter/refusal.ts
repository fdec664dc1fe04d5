import { LineError } from "../line/mod.ts";
import { exceptions, isBusy, ModbusError } from "../modbus/mod.ts";
import { PortError } from "../../bridge/mod.ts";
import type { RegisterAccess } from "./register_access.ts";

/** Whether the meter refused a request, for example for a register that it does not have. */
export function isRefusal(error: unknown): error is ModbusError {
  return error instanceof ModbusError && !isBusy(error.exception);
}

/** Whether the line is closed, so that no meter can be reached. */
export function isClosed(error: unknown): boolean {
  return error instanceof PortError || (error instanceof LineError && error.code === "closed");
}

/**
 * Retries a refused read once: a wrong refusal, or one caused by a disturbance, must not count as a missing register.
 *
 * @throws the error of the last attempt
 */
export async function retryRefusalOnce<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return await read();
  }
}

/** Undefined: the meter refused twice, so it does not have the register. */
export async function unlessAbsent<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await retryRefusalOnce(read);
  } catch (error) {
    if (error instanceof ModbusError && error.exception === exceptions.illegalAddress) return undefined;
    throw error;
  }
}

/** Attempts to read an optional register; some meters do not answer instead of refusing it. */
const maxOptionalAttempts = 2;

/**
 * Undefined: the meter refuses, or there is no usable answer.
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
