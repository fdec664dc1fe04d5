import { statfsSync } from "node:fs";

/** Bytes that this user may still write on the disk of a folder; undefined where the system does not tell. */
export function freeSpace(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
