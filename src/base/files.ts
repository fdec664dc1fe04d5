/** Information about a file or folder; undefined: it does not exist. */
export function infoOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Size of a file in bytes; undefined: it does not exist. */
export function sizeOf(path: string): number | undefined {
  return infoOf(path)?.size;
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
