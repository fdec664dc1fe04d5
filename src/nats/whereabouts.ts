import { hostname } from "node:os";
import type { NatsConnection } from "nats";

/** Where a process runs. */
export interface Whereabouts {
  /** Absent where Deno may not ask (`--allow-sys=hostname`). */
  readonly host?: string;
  /** As the NATS server lists it: `7 at 10.0.0.5 on server hub-1`. */
  readonly client?: string;
}

/** Where this process runs, and which client of the server it is. */
export function whereabouts({ info }: NatsConnection): Whereabouts {
  if (info === undefined) return hostOf();
  const address = info.client_ip === undefined ? "" : ` at ${info.client_ip}`;
  return { ...hostOf(), client: `${info.client_id}${address} on server ${info.server_name}` };
}

function hostOf(): Pick<Whereabouts, "host"> {
  try {
    // Asking without permission would wait for an answer at the terminal.
    if (Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state !== "granted") return {};
    return { host: hostname() };
  } catch {
    return {};
  }
}
