import { errorText, type Log } from "../base/log.ts";

/**
 * Keeps errors of the client's sockets from ending the process, until `signal` is aborted.
 *
 * The NATS client takes all listeners off a socket when it gives it up. Where the socket's own error is under way at that
 * moment (a server that refuses the credentials and hangs up, a TLS alert) nobody listens, and an unheard error ends the
 * process. Nothing else in this process uses sockets of `node:net` or `node:tls`.
 */
export function guardSockets(log: Log, signal: AbortSignal): void {
  globalThis.addEventListener("error", (event) => {
    if (!isSocketError(event.error)) return;
    event.preventDefault();
    log.debug("NATS socket failed after it was given up", { reason: errorText(event.error) });
  }, { signal });
}

function isSocketError(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  return /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTCONN|EHOSTUNREACH|ENETUNREACH|ERR_SSL_|ERR_TLS_)/.test(
    error.code,
  );
}
