import { dirname } from "node:path";
import { infoOf, removeIfThere, syncFile } from "./files.ts";

/** Readable and writable only for the owner: the stored data shows who charged where. */
const privateMode = 0o600;

/** Mode of a folder that only its owner can read and search. */
export const privateFolderMode = 0o700;

/** Permission bits of the group and of others. */
const others = 0o077;

/** Creates an empty file that only its owner can access; the file must not exist. */
export function createPrivate(path: string): void {
  Deno.openSync(path, { createNew: true, write: true, mode: privateMode }).close();
}

/**
 * Replaces a text file that only its owner can access, or creates it: a reader gets the whole old or new text, also
 * after a power failure.
 *
 * @param options `keepsAccess`: an existing file keeps its mode if not all users have access; one that root writes keeps
 * its owner, and a new one gets that of its folder, so that the program that reads it can do so
 */
export function replacePrivate(path: string, text: string, options: { readonly keepsAccess?: boolean } = {}): void {
  const partial = `${path}.partial`;
  removeIfThere(partial);
  createPrivate(partial);
  Deno.writeTextFileSync(partial, text);
  if (options.keepsAccess === true) keepAccess(path, partial);
  syncFile(partial);
  Deno.renameSync(partial, path);
  syncFile(dirname(path));
}

function keepAccess(path: string, partial: string): void {
  const old = infoOf(path);
  const { uid, gid } = old ?? Deno.statSync(dirname(path));
  if (Deno.statSync(partial).uid === 0) Deno.chownSync(partial, uid, gid);
  if (old !== undefined && Deno.statSync(partial).gid === gid && !isPublic(path)) Deno.chmodSync(partial, modeOf(path));
}

/** Removes the permissions of the group and of others from a file, if it exists and this user may change it. */
export function makePrivate(path: string): void {
  try {
    if ((modeOf(path) & others) !== 0) Deno.chmodSync(path, privateMode);
  } catch (error) {
    // `isExposed` reports a file whose mode could not be changed
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) throw error;
  }
}

/** Whether the group or others may read a file or folder; false: it does not exist. */
export function isExposed(path: string): boolean {
  try {
    return (modeOf(path) & others & 0o444) !== 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Whether all users have access to a file or folder; false: it does not exist. */
export function isPublic(path: string): boolean {
  return infoOf(path) !== undefined && (modeOf(path) & 0o007) !== 0;
}

/** The permission bits; 0 on a system without permission bits. */
function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}
