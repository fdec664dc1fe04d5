import {
  type Authenticator,
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "nats";
import { NatsSetupError } from "./setup_error.ts";

/** Who we are to the server: at most one kind. Paths are absolute. */
export interface Credentials {
  /** A user's JWT and seed, as `nsc` writes it. */
  readonly credentialsFile?: string;
  /** Comes with `password`. */
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** A file that holds a user's seed, `SU...`. */
  readonly nkeySeedFile?: string;
}

/**
 * What authenticates each connection. Files are read again for each, so that renewed credentials need no restart.
 *
 * @throws {NatsSetupError} a file cannot be read or holds something else
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
    throw new NatsSetupError("credentials", `Cannot use ${path} as NATS credentials: it does not hold ${holds}`, {
      cause: error,
    });
  }
  return (nonce) => {
    const before = last;
    try {
      last = readTrimmed(path);
      return authenticate(nonce);
    } catch {
      // Half-written or gone for a moment: what worked last is still the best guess.
      last = before;
      return authenticate(nonce);
    }
  };
}

function readTrimmed(path: string): Uint8Array {
  try {
    // The parser of .creds files wants a line end behind the last line, the one of seeds wants none.
    const text = Deno.readTextFileSync(path).trim();
    return new TextEncoder().encode(text.includes("\n") ? `${text}\n` : text);
  } catch (error) {
    throw new NatsSetupError("credentials", `Cannot read NATS credentials from ${path}`, {
      cause: error,
    });
  }
}
