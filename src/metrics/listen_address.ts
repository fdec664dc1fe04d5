import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** An address to listen on. */
export interface ListenAddress {
  /** Name or address, without brackets. */
  readonly host: string;
  /** 1..65535. */
  readonly port: number;
}

/** Whether both are the same address. */
export function isSame(left: ListenAddress, right: ListenAddress | undefined): boolean {
  return left.host === right?.host && left.port === right.port;
}

/** Whether an address can be in use because the other one is. @param left resolved @param right resolved */
export function mayOverlap(left: ListenAddress, right: ListenAddress): boolean {
  const [one, other] = [canonical(left.host), canonical(right.host)];
  return left.port === right.port && (one === other || everyAddress.has(one) || everyAddress.has(other));
}

/**
 * The address with an IP address instead of a name. `Deno.listen` itself would block the process while it waits for DNS.
 *
 * @throws the name is unknown
 */
export async function resolved({ host, port }: ListenAddress): Promise<ListenAddress> {
  return { host: isIP(host) === 0 ? (await lookup(host)).address : host, port };
}

/** Addresses that stand for every address of the machine. */
const everyAddress: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** The one form of an IP address: that of IPv4 also for an IPv4 address within IPv6. */
function canonical(host: string): string {
  if (isIP(host) !== 6) return host;
  // The zone of a link-local address is no part of a URL
  const { hostname } = new URL(`http://[${host.replace(/%.*/, "")}]`);
  const [, high, low] = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(hostname) ?? [];
  if (high === undefined || low === undefined) return hostname.slice(1, -1);
  return [high, low].map((part) => parseInt(part, 16)).map((part) => `${part >> 8}.${part & 0xff}`).join(".");
}
