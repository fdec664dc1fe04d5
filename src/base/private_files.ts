/** Readable and writable for its owner alone: what is stored shows who charged where. */
const privateMode = 0o600;

/** A folder that only its owner reads and searches. */
export const privateFolderMode = 0o700;

/** What the group and others may do. */
const others = 0o077;

/** Creates an empty file for its owner alone; there must be none. */
export function createPrivate(path: string): void {
  Deno.openSync(path, { createNew: true, write: true, mode: privateMode }).close();
}

/** Removes the rights of the group and others from a file, if it exists and this user may do so. */
export function makePrivate(path: string): void {
  try {
    if ((modeOf(path) & others) !== 0) Deno.chmodSync(path, privateMode);
  } catch (error) {
    // `isExposed` reports a file whose mode stays
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) throw error;
  }
}

/** Whether the group or others may read a file or folder; false where there is none. */
export function isExposed(path: string): boolean {
  try {
    return (modeOf(path) & others & 0o444) !== 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The permission bits; none on a system that has no such bits. */
function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}
