import { type ConnectionOptions, ErrorCode, NatsError } from "nats";
import { errorText } from "../base/log.ts";
import { authenticator, type Credentials } from "./credentials.ts";
import { NatsSetupError } from "./setup_error.ts";

/** Addresses of the servers and credentials. */
export interface ServerOptions extends Credentials {
  /** `host:port`, at least one. */
  readonly servers: readonly string[];
  /** Absolute paths. If present, even if empty, TLS is required. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  /** Prefix of the subjects for answers: tokens joined by dots. @default `_INBOX` */
  readonly inboxPrefix?: string;
}

/**
 * The options of the NATS client.
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

/** Why a connection failed, as text; the errors of the client are not specific enough. */
export function connectFailureText(error: unknown): string {
  const code = error instanceof NatsError ? error.code : undefined;
  if (code === ErrorCode.ServerOptionNotAvailable) {
    return "the server does not offer TLS, which tls:// or TLS files require";
  }
  if (isRefusedUser(error)) return `the server refuses this user or its credentials (${code})`;
  if (code === ErrorCode.ConnectionRefused) return `no server listens at this address (${code})`;
  if (code === ErrorCode.ConnectionTimeout || code === ErrorCode.Timeout) {
    const { chainedError } = error as NatsError;
    const because = chainedError === undefined ? "" : `; a connection failed before: ${errorText(chainedError)}`;
    return `no answer in time (${code})${because}`;
  }
  return isRefusedCertificate(error)
    ? `the server's certificate is not trusted: ${errorText(error)}`
    : errorText(error);
}

/** Whether the server was reached, but its certificate is not accepted. */
export function isRefusedCertificate(error: unknown): boolean {
  const text = errorText(error);
  // A server that requires our certificate reports "certificate required"
  return /certificate|altnames/i.test(text) && !/required/i.test(text);
}

/** Whether the server was reached, but refuses this user. */
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
