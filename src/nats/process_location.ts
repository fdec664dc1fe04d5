import { hostname } from "node:os";
import type { NatsConnection } from "nats";

/** Host and NATS client of a process. */
export interface ProcessLocation {
  /** Absent: Deno lacks the permission `--allow-sys=hostname`. */
  readonly host?: string;
  /** The client as the NATS server lists it: `7 at 10.0.0.5 on server hub-1`. */
  readonly client?: string;
}

/** Host and NATS client of this process. */
export function processLocation({ info }: NatsConnection): ProcessLocation {
  if (info === undefined) return hostOf();
  const address = info.client_ip === undefined ? "" : ` at ${info.client_ip}`;
  return { ...hostOf(), client: `${info.client_id}${address} on server ${info.server_name}` };
}

function hostOf(): Pick<ProcessLocation, "host"> {
  try {
    // Without the permission, Deno would prompt at the terminal and wait.
    if (Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state !== "granted") return {};
    return { host: hostname() };
  } catch {
    return {};
  }
}
