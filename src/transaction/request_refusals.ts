import { TransactionError } from "./errors.ts";

/** The most waiting requests of one kind for one meter. */
export const maxWaiting = 16;

/** A request was refused before its work began: too many requests wait, it waited too long, or the service ends. */
export class RequestNotStarted extends TransactionError {}

/** The error for too many waiting requests; `doing` names the operation: "read evse-1". */
export function busy(doing: string): RequestNotStarted {
  return new RequestNotStarted("BUSY", `Cannot ${doing}: ${maxWaiting} requests are already waiting; retry later`);
}

/** The error for a request that waited too long. */
export function waitedTooLong(doing: string): RequestNotStarted {
  return new RequestNotStarted(
    "TIMEOUT",
    `Cannot ${doing} in time: the request waited for other requests; nothing was done`,
  );
}

/** The error for a request when the process ends; `afterRestart` names what happens to the request later. */
export function serviceEnding(doing: string, afterRestart?: string): RequestNotStarted {
  return notAccepted(doing, `the service is ending${afterRestart === undefined ? "" : `; ${afterRestart}`}`);
}

/** The error for a request to a meter that accepts none now; `reason` is a clause. */
export function notAccepted(doing: string, reason: string): RequestNotStarted {
  return new RequestNotStarted("METER_OFFLINE", `Cannot ${doing}: ${reason}`);
}
