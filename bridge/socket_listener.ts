import { errorText } from "../src/base/log.ts";
import { PortError } from "./errors.ts";
import { endpointText } from "./line_options.ts";
import type { SocketAddress } from "./socket_stream.ts";

/**
 * Listens on a socket. A Unix socket's file that nobody listens on any more is replaced.
 *
 * @throws {PortError} busy: somebody else listens there; permission_denied; failed
 */
export async function listenOn(address: SocketAddress): Promise<Deno.Listener<Deno.Conn>> {
  const name = endpointText(address);
  try {
    if (address.kind === "tcp") return Deno.listen({ hostname: address.host, port: address.port });
    await removeStale(address.path);
    return Deno.listen({ transport: "unix", path: address.path });
  } catch (cause) {
    if (cause instanceof Deno.errors.AddrInUse) {
      throw new PortError("busy", `Cannot listen on ${name}: another program does`, { cause });
    }
    if (cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable) {
      throw new PortError("permission_denied", `Cannot listen on ${name}: ${cause.message}`, { cause });
    }
    throw new PortError("failed", `Cannot listen on ${name}: ${errorText(cause)}`, { cause });
  }
}

async function removeStale(path: string): Promise<void> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) await Deno.remove(path);
  }
}
