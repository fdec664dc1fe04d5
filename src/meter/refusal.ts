import { LineError, ModbusError, PortError } from "../../bridge/mod.ts";

/** Acknowledge and busy: the meter may yet do what it was asked. */
const passing: ReadonlySet<number> = new Set([5, 6]);

/** Whether the meter itself said no to a request, as it does for a register that it does not have. */
export function isRefusal(error: unknown): error is ModbusError {
  return error instanceof ModbusError && !passing.has(error.exception);
}

/** Whether the line has no device to talk through, so that no meter can be reached. */
export function isClosed(error: unknown): boolean {
  return error instanceof PortError || (error instanceof LineError && error.code === "closed");
}
