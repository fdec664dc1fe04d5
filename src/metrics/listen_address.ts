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

/**
 * The address with an IP address instead of a name. `Deno.listen` itself would block the process while it waits for DNS.
 *
 * @throws the name is unknown
 */
export async function resolved({ host, port }: ListenAddress): Promise<ListenAddress> {
  return { host: isIP(host) === 0 ? (await lookup(host)).address : host, port };
}
