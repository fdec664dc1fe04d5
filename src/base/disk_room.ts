import { statfsSync } from "node:fs";

/** What a disk holds, in bytes. */
export interface DiskRoom {
  /** What an ordinary user may still take. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** The room on the disk of `folder`; absent where the system does not tell, or Deno may not ask (`--allow-sys=statfs`). */
export function diskRoom(folder: string): DiskRoom | undefined {
  try {
    // Asking without permission would wait for an answer at the terminal.
    if (Deno.permissions.querySync({ name: "sys", kind: "statfs" }).state !== "granted") return undefined;
    const { bavail, blocks, bsize } = statfsSync(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return undefined;
  }
}
