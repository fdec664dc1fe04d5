import { TransactionError } from "./errors.ts";

/** How many requests of one kind wait for one meter at most. */
export const maxWaiting = 16;

/** A request was refused before anything of it was done: too many wait, it waited too long, or the service ends. */
export class RequestNotStarted extends TransactionError {}

/** Too many requests wait; `doing` says what was asked for: "read evse-1". */
export function busy(doing: string): RequestNotStarted {
  return new RequestNotStarted("BUSY", `Cannot ${doing}: ${maxWaiting} requests wait already; ask again later`);
}

/** The request waited as long as it may. */
export function waitedTooLong(doing: string): RequestNotStarted {
  return new RequestNotStarted(
    "TIMEOUT",
    `Cannot ${doing} in time: the request waited behind others; nothing of it is done`,
  );
}

/** The process ends; `afterRestart` says what happens to the request all the same. */
export function serviceEnding(doing: string, afterRestart?: string): RequestNotStarted {
  const rest = afterRestart === undefined ? "" : `; ${afterRestart}`;
  return new RequestNotStarted("METER_OFFLINE", `Cannot ${doing}: the service is ending${rest}`);
}
