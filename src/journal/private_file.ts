import { sizeOf } from "./size_of.ts";

/** Readable and writable for its owner alone: what is stored tells who charged where. */
const privateMode = 0o600;

/** Creates an empty file for its owner alone, in the place of one that may be there. */
export function createPrivate(path: string): void {
  if (sizeOf(path) !== undefined) Deno.removeSync(path);
  Deno.openSync(path, { createNew: true, write: true, mode: privateMode }).close();
}
