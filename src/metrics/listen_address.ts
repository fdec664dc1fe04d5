import { lookup } from "node:dns/promises";
import { isIP, isIPv4 } from "node:net";

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

/** Whether a listener on one of the addresses can prevent a listener on the other one; hosts are IP addresses. */
export function canCollide(left: ListenAddress, right: ListenAddress): boolean {
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

/** Whether an address can be in use because the other one is. @param left resolved @param right resolved */
export function mayOverlap(left: ListenAddress, right: ListenAddress): boolean {
  if (left.port !== right.port) return false;
  const [one, other] = [left, right].map(({ host }) => host.replace(/^::ffff:(?=\d+\.)/i, ""));
  if (one === undefined || other === undefined || isAll(one) || isAll(other)) return true;
  // The same IPv6 address has several texts
  return isIPv4(one) === isIPv4(other) && (one === other || !isIPv4(one));
}

/** Whether it stands for all addresses of the machine. */
function isAll(host: string): boolean {
  return /^[0:.]+$/.test(host);
}
