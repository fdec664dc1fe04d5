import { errorText } from "../base/log.ts";
import { JournalError } from "../journal/mod.ts";
import { LineError, MeterError, ModbusError, PortError } from "../meter/mod.ts";

/** Error codes of requests, as in the published answers. */
export const transactionErrorCodes = [
  "INVALID_REQUEST",
  "UNKNOWN_TRANSACTION",
  "METER_REFUSED",
  "TRANSACTION_FINISHED",
  "TRANSACTION_OPEN",
  "BUSY",
  "NOT_SUPPORTED",
  "MODBUS_EXCEPTION",
  "OCMF_CORRUPTED",
  "METER_OFFLINE",
  "OCMF_NOT_READY",
  "TIMEOUT",
  "JOURNAL_FAILED",
  "INTERNAL",
] as const;

/** One of {@linkcode transactionErrorCodes}. */
export type TransactionErrorCode = typeof transactionErrorCodes[number];

/** A transaction request failed; the message is a sentence for the client. */
export class TransactionError extends Error {
  override readonly name = "TransactionError";
  constructor(readonly code: TransactionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** A request failed, and the meter may still have the file of a stored record: recovery confirms it again. */
export class FileNotErased extends TransactionError {}

/** Converts an error to a `TransactionError`; `doing` names the failed operation: "read the OCMF state of evse-1". */
export function transactionError(error: unknown, doing: string): TransactionError {
  if (error instanceof TransactionError) return error;
  return new TransactionError(codeOf(error), `Cannot ${doing}: ${errorText(error)}`, { cause: error });
}

function codeOf(error: unknown): TransactionErrorCode {
  if (error instanceof ModbusError) return "MODBUS_EXCEPTION";
  if (error instanceof PortError) return "METER_OFFLINE";
  if (error instanceof LineError) return error.code === "closed" ? "METER_OFFLINE" : "TIMEOUT";
  if (error instanceof JournalError) return "JOURNAL_FAILED";
  if (error instanceof MeterError) {
    return error.code === "offline" || error.code === "replaced" ? "METER_OFFLINE" : "METER_REFUSED";
  }
  return "INTERNAL";
}
