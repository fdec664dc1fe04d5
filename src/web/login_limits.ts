import { isIPv6 } from "node:net";
import { minuteMs, type Time } from "../base/time.ts";

/** Failed attempts that an address has at first. */
const maxAttempts = 5;
/** How long until an address has one more. */
const refillMs = 2 * minuteMs;
/** The address whose last failure is the oldest is forgotten when there are more. */
const maxAddresses = 10_000;

/** Limits how often an address may try passwords. */
export class LoginLimits {
  /** When all attempts of an address are available again, by address; the last failure is last. */
  readonly #fullAtMs = new Map<string, number>();
  readonly #time: Pick<Time, "mono">;

  constructor(time: Pick<Time, "mono">) {
    this.#time = time;
  }

  /** How long an address must wait for its next attempt, in milliseconds; 0: not at all. */
  waitMs(address: string): number {
    const missingMs = (this.#fullAtMs.get(networkOf(address)) ?? 0) - this.#time.mono();
    return Math.max(0, missingMs - (maxAttempts - 1) * refillMs);
  }

  /** Counts an attempt before its result is known, because several can run at the same time. */
  attempt(address: string): void {
    this.#add(address, refillMs);
  }

  /** An attempt was successful and does not count. */
  succeeded(address: string): void {
    this.#add(address, -refillMs);
  }

  #add(address: string, ms: number): void {
    const network = networkOf(address);
    const fullAtMs = Math.max(this.#fullAtMs.get(network) ?? 0, this.#time.mono()) + ms;
    this.#fullAtMs.delete(network);
    if (fullAtMs > this.#time.mono()) this.#fullAtMs.set(network, fullAtMs);
    const [oldest] = this.#fullAtMs.keys();
    if (oldest !== undefined && this.#fullAtMs.size > maxAddresses) this.#fullAtMs.delete(oldest);
  }
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
