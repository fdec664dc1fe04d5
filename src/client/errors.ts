import type { FailedAnswer } from "../contract/mod.ts";

/** Error codes of the client itself. A node that refuses a request has its own codes: {@linkcode RefusedError}. */
export const clientErrorCodes = [
  "NOBODY_THERE",
  "TIMED_OUT",
  "NOT_PERMITTED",
  "CONNECTION_CLOSED",
  "UNUSABLE_MESSAGE",
] as const;

/** One of {@linkcode clientErrorCodes}. */
export type ClientErrorCode = typeof clientErrorCodes[number];

/** Code of a node that refuses a request: `METER_OFFLINE`, `TRANSACTION_OPEN` and others. */
export type RefusalCode = NonNullable<FailedAnswer["code"]>;

/** A request of the client failed. */
export abstract class ClientError extends Error {
  /** What failed, for programs. */
  abstract readonly code: ClientErrorCode | RefusalCode;
  /** The transaction of a start or stop, also if the client has made its id: repeat the request with it. */
  transactionId?: string;
}

/** Nobody received the request: no node serves this meter, or no program has this subject. Nothing was done. */
export class NobodyThereError extends ClientError {
  /** The name of this class. */
  override readonly name = "NobodyThereError";
  /** The code of this class. */
  override readonly code = "NOBODY_THERE";
}

/** No reply in time. Whether the request was carried out is unknown; a repeated start or stop with the same id is safe. */
export class TimedOutError extends ClientError {
  /** The name of this class. */
  override readonly name = "TimedOutError";
  /** The code of this class. */
  override readonly code = "TIMED_OUT";
}

/** The node refused the request, or could not carry it out. `docs/faults.md` states what each code means for billing. */
export class RefusedError extends ClientError {
  /** The name of this class. */
  override readonly name = "RefusedError";
  /** The code of the node. */
  override readonly code: RefusalCode;
  /** The reply of the node. */
  readonly reply: FailedAnswer;

  /**
   * An error for a reply.
   *
   * @param reply the reply of the node, with its code
   */
  constructor(message: string, reply: FailedAnswer & { readonly code: RefusalCode }) {
    super(message);
    this.code = reply.code;
    this.reply = reply;
  }
}

/** The NATS server does not permit this user to publish or to subscribe to a subject. */
export class NotPermittedError extends ClientError {
  /** The name of this class. */
  override readonly name = "NotPermittedError";
  /** The code of this class. */
  override readonly code = "NOT_PERMITTED";
}

/** The NATS connection is closed or is being closed. */
export class ConnectionClosedError extends ClientError {
  /** The name of this class. */
  override readonly name = "ConnectionClosedError";
  /** The code of this class. */
  override readonly code = "CONNECTION_CLOSED";
}

/** A message is not what Wattseal sends: another program serves or publishes on this subject. */
export class UnusableMessageError extends ClientError {
  /** The name of this class. */
  override readonly name = "UnusableMessageError";
  /** The code of this class. */
  override readonly code = "UNUSABLE_MESSAGE";
}
