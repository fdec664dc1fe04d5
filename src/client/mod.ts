/**
 * A client of the meters of a fleet over NATS, for Deno, Node and browsers. Its sources use nothing of a runtime but what
 * all of them have.
 *
 * @module
 */
export type {
  ClientConnection,
  ClientHeaders,
  ClientMessage,
  ClientRequestOptions,
  ClientSubscription,
} from "./connection.ts";
export {
  ClientError,
  type ClientErrorCode,
  clientErrorCodes,
  ConnectionClosedError,
  NobodyThereError,
  NotPermittedError,
  type RefusalCode,
  RefusedError,
  TimedOutError,
  UnusableMessageError,
} from "./errors.ts";
export { isOpen, MeterClient, type Started, type StartFields } from "./meter_client.ts";
export {
  type ConnectionAccess,
  type NatsConnectOptions,
  type NatsLibrary,
  type OpenClient,
  openClient,
} from "./open_connection.ts";
export type { MeterFilter, Received } from "./received.ts";
export { ReceivedRecord, UnusableRecordError } from "./received_record.ts";
export type { RecordsOptions } from "./records.ts";
export { askNode, type NodeRequest } from "./request.ts";
export { type AttemptOptions, canSucceedLater, isNotAccepted, repeated, type Sleep } from "./retries.ts";
export { type ClientOptions, WattsealClient } from "./wattseal_client.ts";
