/** Writes a file, or the names in a folder, to the disk. Returns when that is done. */
export function syncFile(path: string): void {
  using file = Deno.openSync(path);
  file.syncSync();
}
