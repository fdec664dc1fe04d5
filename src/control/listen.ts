import { dirname, join } from "node:path";
import { entryAt, removeIfThere } from "../base/files.ts";
import { errorText } from "../base/log.ts";
import { makePrivate, privateFolderMode } from "../base/private_files.ts";
import { isUnserved } from "../base/unix_sockets.ts";
import { ControlError } from "./control_error.ts";

/**
 * Listens on the control socket, which only this user and root may use. Replaces a socket that no process serves, and
 * nothing else.
 *
 * @throws {ControlError} busy, permission_denied or failed
 */
export async function listenOnControlSocket(path: string): Promise<Deno.Listener<Deno.Conn>> {
  try {
    await refuseServed(path);
    return listenPrivately(path);
  } catch (cause) {
    if (cause instanceof ControlError) throw cause;
    const isDenied = cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable;
    const text = `Cannot listen on the control socket ${path}: ${errorText(cause)}`;
    throw new ControlError(isDenied ? "permission_denied" : "failed", text, { cause });
  }
}

/**
 * Creates the socket with mode 0600. It gets its mode in a folder that no other user can search, so that none can
 * connect before. (`Deno.umask` needs more permissions than the service has behind a bridge.)
 */
function listenPrivately(path: string): Deno.Listener<Deno.Conn> {
  // The path of the new socket may not be longer than that of the final one
  const folder = join(dirname(path), ".control");
  const made = join(folder, "s");
  removeIfThere(made);
  Deno.mkdirSync(folder, { recursive: true, mode: privateFolderMode });
  const listener = Deno.listen({ transport: "unix", path: made });
  try {
    makePrivate(made);
    Deno.renameSync(made, path);
    Deno.removeSync(folder);
    return listener;
  } catch (error) {
    listener.close();
    throw error;
  }
}

/** A socket without a process is replaced later. */
async function refuseServed(path: string): Promise<void> {
  const there = entryAt(path);
  if (there === undefined) return;
  if (!there.isSocket) {
    throw new ControlError("busy", `Cannot listen on the control socket ${path}: another file is there; remove it`);
  }
  if (await isUnserved(path)) return;
  throw new ControlError(
    "busy",
    `Cannot listen on the control socket ${path}: another process serves it; stop that process`,
  );
}
