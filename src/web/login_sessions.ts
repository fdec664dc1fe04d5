import { Buffer } from "node:buffer";
import { hourMs, type Time } from "../base/time.ts";

/** How long a login is valid. */
export const loginMs: number = 12 * hourMs;
/** The oldest login ends when there are more. */
const maxLogins = 1000;
const tokenBytes = 32;

/** A login of a user. */
export interface Login {
  readonly user: string;
  /** Aborted by a logout, and when too many others have logged in; not by its age. */
  readonly ended: AbortSignal;
  /** Resolves when the login is too old, or when the signal is aborted. */
  expired(unneeded: AbortSignal): Promise<void>;
}

interface KeptLogin {
  readonly login: Login;
  readonly end: AbortController;
  readonly endsAtMs: number;
}

/** Who is logged in. It is not stored: a restart ends all logins. */
export class LoginSessions {
  /** By token, oldest first. */
  readonly #logins = new Map<string, KeptLogin>();
  readonly #time: Pick<Time, "mono" | "sleep">;

  constructor(time: Pick<Time, "mono" | "sleep">) {
    this.#time = time;
  }

  /** Logs a user in. @returns the secret token of the login */
  begin(user: string): string {
    const token = Buffer.from(crypto.getRandomValues(new Uint8Array(tokenBytes))).toString("base64url");
    const end = new AbortController();
    const endsAtMs = this.#time.mono() + loginMs;
    const expired = (unneeded: AbortSignal) => this.#time.sleep(endsAtMs - this.#time.mono(), unneeded);
    this.#logins.set(token, { login: { user, ended: end.signal, expired }, end, endsAtMs });
    for (const [old, kept] of this.#logins) {
      if (kept.endsAtMs > this.#time.mono() && this.#logins.size <= maxLogins) break;
      this.end(old);
    }
    return token;
  }

  /** A login; undefined: there is none with this token, or it has ended. */
  find(token: string | undefined): Login | undefined {
    const kept = token === undefined ? undefined : this.#logins.get(token);
    return kept !== undefined && kept.endsAtMs > this.#time.mono() ? kept.login : undefined;
  }

  /** Logs out. */
  end(token: string | undefined): void {
    if (token === undefined) return;
    this.#logins.get(token)?.end.abort();
    this.#logins.delete(token);
  }
}
