/** Size of a file in bytes; undefined: it does not exist. */
export function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Removes a file, unless it does not exist. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Writes a file, or the names in a folder, to the disk. Returns when that is done. */
export function syncFile(path: string): void {
  using file = Deno.openSync(path);
  file.syncSync();
}
