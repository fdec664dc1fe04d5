import {
  type Authenticator,
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "nats";
import { NatsSetupError } from "./setup_error.ts";

/** Credentials for the server: at most one kind. Paths are absolute. */
export interface Credentials {
  /** A file with the JWT and the seed of a user, in the format of `nsc`. */
  readonly credentialsFile?: string;
  /** Together with `password`. */
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** A file with the seed of a user, `SU...`. */
  readonly nkeySeedFile?: string;
}

/**
 * Creates the authenticator. It reads files again for each connection, so that renewed credentials need no restart.
 *
 * @throws {NatsSetupError} a file cannot be read or contains something else
 */
export function authenticator(credentials: Credentials): Authenticator | undefined {
  const { credentialsFile, nkeySeedFile, token, user, password } = credentials;
  if (credentialsFile !== undefined) {
    return fromFile(credentialsFile, "a user's JWT and seed (a .creds file)", credsAuthenticator);
  }
  if (nkeySeedFile !== undefined) return fromFile(nkeySeedFile, "a user's nkey seed (SU...)", nkeyAuthenticator);
  if (token !== undefined) return tokenAuthenticator(token);
  if (user !== undefined) return usernamePasswordAuthenticator(user, password);
  return undefined;
}

function fromFile(path: string, holds: string, make: (content: () => Uint8Array) => Authenticator): Authenticator {
  let last = readTrimmed(path);
  const authenticate = make(() => last);
  try {
    authenticate("probe");
  } catch (error) {
    throw new NatsSetupError("credentials", `Cannot use ${path} as NATS credentials: it does not contain ${holds}`, {
      cause: error,
    });
  }
  return (nonce) => {
    const before = last;
    try {
      last = readTrimmed(path);
      return authenticate(nonce);
    } catch {
      // The file may be incomplete or missing for a moment: use the last valid credentials
      last = before;
      return authenticate(nonce);
    }
  };
}

function readTrimmed(path: string): Uint8Array {
  try {
    // The parser of .creds files requires a final newline; the parser of seeds does not accept one
    const text = Deno.readTextFileSync(path).trim();
    return new TextEncoder().encode(text.includes("\n") ? `${text}\n` : text);
  } catch (error) {
    throw new NatsSetupError("credentials", `Cannot read NATS credentials from ${path}`, {
      cause: error,
    });
  }
}
