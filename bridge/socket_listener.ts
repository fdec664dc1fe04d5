import { endpointText, type SocketAddress } from "../src/base/endpoint.ts";
import { entryAt } from "../src/base/files.ts";
import { errorText } from "../src/base/log.ts";
import { isUnserved } from "../src/base/unix_sockets.ts";
import { PortError } from "./errors.ts";

/**
 * Listens on a socket. Replaces the file of a Unix socket without a listener; does not replace any other file.
 *
 * @throws {PortError} busy: another program listens there, or the path is not a socket; permission_denied; failed
 */
export async function listenOn(address: SocketAddress): Promise<Deno.Listener<Deno.Conn>> {
  const name = endpointText(address);
  try {
    if (address.kind === "tcp") return Deno.listen({ hostname: address.host, port: address.port });
    await removeStale(address.path);
    return listenForGroup(address.path);
  } catch (cause) {
    if (cause instanceof PortError) throw cause;
    if (cause instanceof Deno.errors.AddrInUse) {
      throw new PortError("busy", `Cannot listen on ${name}: another program already listens there`, { cause });
    }
    if (cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable) {
      throw new PortError("permission_denied", `Cannot listen on ${name}: ${cause.message}`, { cause });
    }
    throw new PortError("failed", `Cannot listen on ${name}: ${errorText(cause)}`, { cause });
  }
}

/** Creates the socket with mode 0660 (owner and group). */
function listenForGroup(path: string): Deno.Listener<Deno.Conn> {
  const before = Deno.umask(0o117);
  try {
    return Deno.listen({ transport: "unix", path });
  } finally {
    Deno.umask(before);
  }
}

/** A connection to a file that is not a socket is also refused, so the kind of the file is checked first. */
async function removeStale(path: string): Promise<void> {
  const there = entryAt(path);
  if (there === undefined) return;
  if (!there.isSocket) {
    const kind = kindText(there);
    throw new PortError("busy", `Cannot listen on unix:${path}: the path is a ${kind}; choose another path`);
  }
  // Another error of the connection also shows when the socket is created
  if (await isUnserved(path).catch(() => false)) await Deno.remove(path);
}

function kindText({ isFile, isDirectory, isSymlink }: Deno.FileInfo): string {
  if (isFile) return "file";
  if (isDirectory) return "folder";
  return isSymlink ? "symbolic link" : "device or pipe";
}
