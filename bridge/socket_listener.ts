import { errorText } from "../src/base/log.ts";
import { PortError } from "./errors.ts";
import { type SocketAddress, socketAddressText } from "./socket_address.ts";

/**
 * Listens on a socket. A Unix socket's file that nobody listens on any more is replaced; any other file stays.
 *
 * @throws {PortError} busy: somebody else listens there, or a file is there that is no socket; permission_denied; failed
 */
export async function listenOn(address: SocketAddress): Promise<Deno.Listener<Deno.Conn>> {
  const name = socketAddressText(address);
  try {
    if (address.kind === "tcp") return Deno.listen({ hostname: address.host, port: address.port });
    await removeStale(address.path);
    return listenForGroup(address.path);
  } catch (cause) {
    if (cause instanceof PortError) throw cause;
    if (cause instanceof Deno.errors.AddrInUse) {
      throw new PortError("busy", `Cannot listen on ${name}: another program does`, { cause });
    }
    if (cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable) {
      throw new PortError("permission_denied", `Cannot listen on ${name}: ${cause.message}`, { cause });
    }
    throw new PortError("failed", `Cannot listen on ${name}: ${errorText(cause)}`, { cause });
  }
}

/** For the owner and the group only (0660), from the first moment on. */
function listenForGroup(path: string): Deno.Listener<Deno.Conn> {
  const before = Deno.umask(0o117);
  try {
    return Deno.listen({ transport: "unix", path });
  } finally {
    Deno.umask(before);
  }
}

/** A connection to a file that is no socket is refused as well, so what is there is looked at first. */
async function removeStale(path: string): Promise<void> {
  const there = await whatIsAt(path);
  if (there === undefined) return;
  if (!there.isSocket) {
    const kind = kindText(there);
    throw new PortError("busy", `Cannot listen on unix:${path}: a ${kind} is there and stays; choose another path`);
  }
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) await Deno.remove(path);
  }
}

async function whatIsAt(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function kindText({ isFile, isDirectory, isSymlink }: Deno.FileInfo): string {
  if (isFile) return "file";
  if (isDirectory) return "folder";
  return isSymlink ? "symbolic link" : "device or pipe";
}
