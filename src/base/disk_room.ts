import { statfsSync } from "node:fs";

/** Space on a disk, in bytes. */
export interface DiskRoom {
  /** Free space for an ordinary user. */
  readonly freeBytes: number;
  /** Size of the disk. */
  readonly totalBytes: number;
}

/** Space on the disk of `folder`; undefined: the system does not report it, or Deno lacks `--allow-sys=statfs`. */
export function diskRoom(folder: string): DiskRoom | undefined {
  try {
    // Without the permission, Deno would prompt at the terminal and wait.
    if (Deno.permissions.querySync({ name: "sys", kind: "statfs" }).state !== "granted") return undefined;
    const { bavail, blocks, bsize } = statfsSync(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return undefined;
  }
}
