/** Returns when a file, or the names in a folder, are on the disk. */
export function syncFile(path: string): void {
  using file = Deno.openSync(path);
  file.syncSync();
}
