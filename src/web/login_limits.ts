import { isIPv6 } from "node:net";
import { minuteMs, type Time } from "../base/time.ts";
import { AttemptLimit } from "./attempt_limit.ts";

/** Networks in which a user has logged in; the oldest one is forgotten when there are more. */
const maxKnown = 10_000;
/** No user has a longer name. */
const maxName = 64;

/** Who tries to log in. */
export interface LoginAttempt {
  readonly user: string;
  readonly address: string;
}

/**
 * Limits how often an address may try passwords, and how often a password of one user may be tried from addresses at which
 * this user has not logged in yet. So attempts from many addresses do not lock a user out.
 */
export class LoginLimits {
  readonly #addresses: AttemptLimit;
  readonly #names: AttemptLimit;
  readonly #known = new Set<string>();

  constructor(time: Pick<Time, "mono">) {
    this.#addresses = new AttemptLimit({ time, attempts: 5, refillMs: 2 * minuteMs });
    this.#names = new AttemptLimit({ time, attempts: 20, refillMs: 10_000 });
  }

  /** How long this attempt must wait, in milliseconds; 0: not at all. */
  waitMs(attempt: LoginAttempt): number {
    const nameMs = this.isKnown(attempt) ? 0 : this.#names.waitMs(nameIn(attempt));
    return Math.max(nameMs, this.#addresses.waitMs(networkOf(attempt.address)));
  }

  /** Counts an attempt before its result is known, because several can run at the same time. */
  count(attempt: LoginAttempt): void {
    this.#addresses.count(networkOf(attempt.address));
    if (!this.isKnown(attempt)) this.#names.count(nameIn(attempt));
  }

  /** The password was not checked, so the attempt does not count. */
  forgive(attempt: LoginAttempt): void {
    this.#addresses.forgive(networkOf(attempt.address));
    if (!this.isKnown(attempt)) this.#names.forgive(nameIn(attempt));
  }

  /** The password was right: the attempt does not count, and the user is known at this address. */
  succeeded(attempt: LoginAttempt): void {
    this.forgive(attempt);
    const known = knownKey(attempt);
    this.#known.delete(known);
    this.#known.add(known);
    const [oldest] = this.#known;
    if (oldest !== undefined && this.#known.size > maxKnown) this.#known.delete(oldest);
  }

  /** Whether the user has logged in at this address since the start. */
  isKnown(attempt: LoginAttempt): boolean {
    return this.#known.has(knownKey(attempt));
  }
}

function nameIn({ user }: LoginAttempt): string {
  return user.slice(0, maxName);
}

function knownKey({ user, address }: LoginAttempt): string {
  return `${networkOf(address)} ${user}`;
}

/** The first 64 bits of an IPv6 address: a client can choose the others. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const { hostname } = new URL(`http://[${address}]`);
  const [head = "", tail] = hostname.slice(1, -1).split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(tail === undefined ? 0 : 8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].slice(0, 4).join(":");
}
