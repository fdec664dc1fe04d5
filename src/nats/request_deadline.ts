import { Match, type MsgHdrs } from "nats";
import { TransactionError } from "../transaction/mod.ts";

/** Says in milliseconds how long a request may wait. */
export const timeoutHeader = "Wattseal-Timeout-Ms";

/** How long a request waits that does not say it: as long as callers should wait for an answer. */
const usualMs = 30_000;
const longestMs = 600_000;

/**
 * How long a request may wait before it is begun, in milliseconds from its arrival.
 *
 * @throws {TransactionError} `INVALID_REQUEST`: the header holds no whole number from 1 to 600000
 */
export function patienceMs(headers: MsgHdrs | undefined): number {
  if (headers === undefined || !headers.has(timeoutHeader, Match.IgnoreCase)) return usualMs;
  const text = headers.get(timeoutHeader, Match.IgnoreCase);
  const ms = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (ms >= 1 && ms <= longestMs) return ms;
  throw new TransactionError(
    "INVALID_REQUEST",
    `Cannot take the request: its header ${timeoutHeader} must be a whole number from 1 to ${longestMs}, found ${
      JSON.stringify(text.slice(0, 80))
    }`,
  );
}
