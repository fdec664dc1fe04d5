import { Match, type MsgHdrs } from "nats";
import { TransactionError } from "../transaction/mod.ts";

/** Header with the number of milliseconds that a request may wait. */
export const timeoutHeader = "Wattseal-Timeout-Ms";

/** Default waiting time of a request, which is the recommended timeout of clients. */
const usualMs = 30_000;
const longestMs = 600_000;

/**
 * Milliseconds that a request may wait after its arrival before its work begins.
 *
 * @throws {TransactionError} `INVALID_REQUEST`: the header is not an integer from 1 to 600000
 */
export function requestTimeoutMs(headers: MsgHdrs | undefined): number {
  if (headers === undefined || !headers.has(timeoutHeader, Match.IgnoreCase)) return usualMs;
  const text = headers.get(timeoutHeader, Match.IgnoreCase);
  const ms = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (ms >= 1 && ms <= longestMs) return ms;
  throw new TransactionError(
    "INVALID_REQUEST",
    `Invalid request: the header ${timeoutHeader} must be an integer from 1 to ${longestMs}, found ${
      JSON.stringify(text.slice(0, 80))
    }`,
  );
}
