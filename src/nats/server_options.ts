import { type ConnectionOptions, ErrorCode, NatsError } from "nats";
import { errorText } from "../base/log.ts";
import { authenticator, type Credentials } from "./credentials.ts";
import { NatsSetupError } from "./setup_error.ts";

/** Where the server is and who we are to it. */
export interface ServerOptions extends Credentials {
  /** `host:port`, at least one. */
  readonly servers: readonly string[];
  /** Absolute paths; present, even if empty, where TLS is a must. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  /** Tokens joined by dots: where answers to requests arrive. @default `_INBOX` */
  readonly inboxPrefix?: string;
}

/**
 * The client's options for a server.
 *
 * @throws {NatsSetupError} a file with credentials or for TLS cannot be used
 */
export function serverOptions({ servers, tls, inboxPrefix, ...credentials }: ServerOptions): ConnectionOptions {
  for (const path of [tls?.caFile, tls?.certFile, tls?.keyFile]) {
    if (path !== undefined) assertReadable(path);
  }
  const authenticate = authenticator(credentials);
  return {
    servers: [...servers],
    ...(authenticate === undefined ? {} : { authenticator: authenticate }),
    ...(tls === undefined ? {} : { tls }),
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
  };
}

/** Why there is no connection; the client has one word for some reasons. */
export function connectFailureText(error: unknown): string {
  const code = error instanceof NatsError ? error.code : undefined;
  if (code === ErrorCode.ServerOptionNotAvailable) {
    return "the server does not offer TLS, which tls:// or tls files ask for";
  }
  if (isRefusedUser(error)) return `the server refuses this user or its credentials (${code})`;
  if (code === ErrorCode.ConnectionRefused) return `no server listens there (${code})`;
  if (code === ErrorCode.ConnectionTimeout || code === ErrorCode.Timeout) return `no answer in time (${code})`;
  return isRefusedCertificate(error)
    ? `the server's certificate is not trusted: ${errorText(error)}`
    : errorText(error);
}

/** Whether a server is there, but its certificate is not accepted. */
export function isRefusedCertificate(error: unknown): boolean {
  const text = errorText(error);
  // A server that wants ours says "certificate required"
  return /certificate|altnames/i.test(text) && !/required/i.test(text);
}

/** Whether a server is there, but does not take this user. */
export function isRefusedUser(error: unknown): boolean {
  return error instanceof NatsError && refusedUser.some((code) => code === error.code);
}

const refusedUser = [
  ErrorCode.AuthorizationViolation,
  ErrorCode.AuthenticationExpired,
  ErrorCode.AuthenticationTimeout,
  ErrorCode.BadAuthentication,
  ErrorCode.AccountExpired,
];

function assertReadable(path: string): void {
  try {
    Deno.readFileSync(path);
  } catch (error) {
    throw new NatsSetupError("tls", `Cannot read ${path} for TLS`, { cause: error });
  }
}
