/** Information about a file or folder; undefined: it does not exist. */
export function infoOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Information about what is at a path, without following a link; undefined: nothing is there. */
export function entryAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Names of what is in a folder; undefined: it cannot be read. */
export function namesIn(folder: string): string[] | undefined {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return undefined;
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
