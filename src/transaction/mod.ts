/**
 * Transactions of one meter: requests, the state machine, durability and recovery.
 *
 * @module
 */
export { type AcknowledgeableFault, acknowledgeableFaults } from "./acknowledge.ts";
export type { CurrentTransaction, MeterTransactionsOptions, TransactionEvent } from "./meter_transactions_options.ts";
export type { Failpoint, FailpointHook } from "./failpoints.ts";
export type { TransactionErrorCode } from "./errors.ts";
export { checkSignedValue } from "./check_signed_value.ts";
export { MeterTransactions } from "./meter_transactions.ts";
export { TransactionError, transactionError, transactionErrorCodes } from "./errors.ts";
export { failpoints, newMeterTransactions } from "./failpoints.ts";
export { busy, maxWaiting, serviceEnding, waitedTooLong } from "./request_refusals.ts";
export { requestWarnings } from "./request_warnings.ts";
export type { KnownTransaction, StartResult, StopResult, TransactionStatus } from "./results.ts";
export type { StartRequest } from "./start_request.ts";
