import { Buffer } from "node:buffer";
import { hourMs, type Time } from "../base/time.ts";

/** How long a login is valid. */
export const loginMs: number = 12 * hourMs;
/** The oldest login ends when there are more. */
const maxLogins = 1000;
const tokenBytes = 32;

interface Login {
  readonly user: string;
  readonly endsAtMs: number;
}

/** Who is logged in. It is not stored: a restart ends all logins. */
export class LoginSessions {
  /** By token, oldest first. */
  readonly #logins = new Map<string, Login>();
  readonly #time: Pick<Time, "mono">;

  constructor(time: Pick<Time, "mono">) {
    this.#time = time;
  }

  /** Logs a user in. @returns the secret token of the login */
  begin(user: string): string {
    const token = Buffer.from(crypto.getRandomValues(new Uint8Array(tokenBytes))).toString("base64url");
    this.#logins.set(token, { user, endsAtMs: this.#time.mono() + loginMs });
    for (const [old, { endsAtMs }] of this.#logins) {
      if (endsAtMs > this.#time.mono() && this.#logins.size <= maxLogins) break;
      this.#logins.delete(old);
    }
    return token;
  }

  /** The user of a login; undefined: there is no such login, or it has ended. */
  userOf(token: string | undefined): string | undefined {
    const login = token === undefined ? undefined : this.#logins.get(token);
    return login !== undefined && login.endsAtMs > this.#time.mono() ? login.user : undefined;
  }

  /** Logs out. */
  end(token: string | undefined): void {
    if (token !== undefined) this.#logins.delete(token);
  }
}
