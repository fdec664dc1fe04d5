import type { TransactionErrorCode } from "../transaction/mod.ts";

/** The number of each code in the header `Nats-Service-Error-Code`. */
export const errorNumbers: Readonly<Record<TransactionErrorCode, number>> = {
  INVALID_REQUEST: 400,
  UNKNOWN_TRANSACTION: 404,
  METER_REFUSED: 409,
  TRANSACTION_FINISHED: 409,
  TRANSACTION_OPEN: 409,
  BUSY: 429,
  INTERNAL: 500,
  NOT_SUPPORTED: 501,
  MODBUS_EXCEPTION: 502,
  OCMF_CORRUPTED: 502,
  METER_OFFLINE: 503,
  OCMF_NOT_READY: 503,
  TIMEOUT: 504,
  JOURNAL_FAILED: 507,
};
