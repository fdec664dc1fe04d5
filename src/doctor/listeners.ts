import { isIPv4 } from "node:net";
import { join } from "node:path";
import { type DeviceUser, usersOf } from "./device_users.ts";

/** State of a socket that waits for connections, in `/proc/net/tcp`. */
const listening = "0A";

/**
 * The processes that wait for TCP connections on an address, also those that do so on all addresses. Only root sees those
 * of other users.
 *
 * @param root folder with `proc`
 */
export function listenersOn(
  { host, port }: { readonly host: string; readonly port: number },
  root: string,
): DeviceUser[] {
  const inodes = ["tcp", "tcp6"].flatMap((table) => rowsOf(join(root, "proc/net", table)))
    .filter((row) => row.state === listening && row.port === port && mayBe(row.address, host))
    .map(({ inode }) => inode);
  return inodes.flatMap((inode) => usersOf(`socket:[${inode}]`, root));
}

/** Processes for a message. */
export function namesOf(users: readonly DeviceUser[]): string {
  return users.map(({ pid, name }) => `process ${pid} (${name})`).join(", ");
}

interface Row {
  /** In hex. */
  readonly address: string;
  readonly port: number;
  readonly state: string;
  readonly inode: string;
}

function rowsOf(path: string): Row[] {
  try {
    return Deno.readTextFileSync(path).split("\n").slice(1).map((line) => line.trim().split(/\s+/)).map((columns) => {
      const [address = "", port = ""] = (columns[1] ?? "").split(":");
      return { address, port: parseInt(port, 16), state: columns[3] ?? "", inode: columns[9] ?? "" };
    });
  } catch {
    // No such table, or no right to read it
    return [];
  }
}

/** Whether a socket on this address keeps others from the host. */
function mayBe(address: string, host: string): boolean {
  if (/^0+$/.test(address) || !isIPv4(host) || /^0\./.test(host)) return true;
  const bytes = new Uint8Array(host.split(".").map(Number));
  // The kernel prints the number as this processor stores it
  return address.endsWith(bytes.toHex().toUpperCase()) || address.endsWith(bytes.toReversed().toHex().toUpperCase());
}
