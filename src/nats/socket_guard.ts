import { errorText, type Log } from "../base/log.ts";

/**
 * Prevents errors of the NATS client's sockets from ending the process, until `signal` is aborted.
 *
 * The NATS client removes all listeners from a socket when it abandons it. If an error of the socket is pending at that
 * moment (a server that refuses the credentials and closes, a TLS alert), the error has no listener and would end the
 * process. Other users of `node:net` and `node:tls` in this program have their own listeners.
 */
export function guardSockets(log: Log, signal: AbortSignal): void {
  globalThis.addEventListener("error", (event) => {
    if (!isSocketError(event.error)) return;
    event.preventDefault();
    log.debug("A NATS socket failed after the client had abandoned it", { reason: errorText(event.error) });
  }, { signal });
}

function isSocketError(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  return /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTCONN|EHOSTUNREACH|ENETUNREACH|ERR_SSL_|ERR_TLS_)/.test(
    error.code,
  );
}
