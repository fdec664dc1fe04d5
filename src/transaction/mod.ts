/**
 * Transactions of one meter: requests, the state machine, durability and recovery.
 *
 * @module
 */
export type {
  AcknowledgeAnswer,
  FailedAnswer,
  OcmfResult,
  SignedMeterValue,
  StartAnswer,
  StatusAnswer,
  StopAnswer,
} from "./answers.ts";
export type { CurrentTransaction, DeskOptions, TransactionEvent } from "./desk_options.ts";
export type { Failpoint } from "./failpoints.ts";
export type { TransactionErrorCode } from "./errors.ts";
export { checkSignedValue } from "./check_signed_value.ts";
export {
  acknowledgeResponseSchema,
  ocmfResultSchema,
  signedMeterValueSchema,
  startResponseSchema,
  statusResponseSchema,
  stopResponseSchema,
} from "./answers.ts";
export { TransactionDesk } from "./desk.ts";
export { TransactionError, transactionError, transactionErrorCodes } from "./errors.ts";
export { failpoints } from "./failpoints.ts";
export { busy, ending, maxWaiting, waitedTooLong } from "./request_limits.ts";
export { failedAnswer, ocmfResult, ocmfText, signedMeterValue } from "./responses.ts";
export {
  acknowledgeRequestSchema,
  parseRequest,
  statusRequestSchema,
  stopRequestSchema,
  transactionRequestSchema,
} from "./request.ts";
