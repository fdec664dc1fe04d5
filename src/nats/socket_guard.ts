import { ErrorCode, NatsError } from "nats";
import { errorText, type Log } from "../base/log.ts";

/** Knows the last error of a socket that the NATS client had abandoned. */
export interface SocketGuard {
  /**
   * Adds that error to a timeout of a connection attempt: a server that refuses a certificate by a TLS alert can look
   * like a server that does not answer.
   *
   * @returns the same error
   */
  explain(error: unknown): unknown;
}

/**
 * Prevents errors of the NATS client's sockets from ending the process, until `signal` is aborted.
 *
 * The NATS client removes all listeners from a socket when it abandons it. If an error of the socket is pending at that
 * moment (a server that refuses the credentials and closes, a TLS alert), the error has no listener and would end the
 * process. Other users of `node:net` and `node:tls` in this program have their own listeners.
 */
export function guardSockets(log: Log, signal: AbortSignal): SocketGuard {
  let last: Error | undefined;
  globalThis.addEventListener("error", (event) => {
    if (!isSocketError(event.error)) return;
    event.preventDefault();
    last = event.error;
    log.debug("A NATS socket failed after the client had abandoned it", { reason: errorText(event.error) });
  }, { signal });
  return {
    explain(error) {
      if (last !== undefined && error instanceof NatsError && isTimeout(error)) error.chainedError ??= last;
      return error;
    },
  };
}

function isTimeout({ code }: NatsError): boolean {
  return code === ErrorCode.ConnectionTimeout || code === ErrorCode.Timeout;
}

function isSocketError(error: unknown): error is Error {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  return /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTCONN|EHOSTUNREACH|ENETUNREACH|ERR_SSL_|ERR_TLS_)/.test(
    error.code,
  );
}
