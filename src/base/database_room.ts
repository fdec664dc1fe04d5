import { dirname } from "node:path";
import { diskRoom } from "./disk_room.ts";

/** Limits of a database that may not take the room of the journal. */
export interface DatabaseLimits {
  /** The most bytes of its pages. */
  readonly maxBytes: number;
  /** Bytes that its write-ahead log needs. */
  readonly logBytes: number;
}

/**
 * Bytes that the pages of a database may use: the limit, or less if the disk is nearly full, so that the journal still
 * has room.
 *
 * @param path undefined: in memory
 */
export function databaseRoom(path: string | undefined, { maxBytes, logBytes }: DatabaseLimits): number {
  const disk = path === undefined ? undefined : diskRoom(dirname(path));
  if (path === undefined || disk === undefined) return maxBytes;
  const reserve = Math.min(reserveBytes, disk.totalBytes / 10) + logBytes;
  const fileBytes = Deno.statSync(path).size;
  // Pages that are only in the log need room in the file later; the pages of the file stay reserved.
  return Math.min(maxBytes, Math.max(fileBytes + disk.freeBytes - reserve, fileBytes));
}

const reserveBytes = 16_000_000;
