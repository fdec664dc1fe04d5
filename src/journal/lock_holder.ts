import { join } from "node:path";
import { infoOf } from "../base/files.ts";
import { lockName } from "./folder_lock.ts";

/**
 * Which process uses a state folder, without a touch of its lock: a process that starts at this moment could fail.
 *
 * @returns its process id; undefined: none, or the system does not show it
 */
export function lockHolder(folder: string): number | undefined {
  try {
    const inode = infoOf(join(folder, lockName))?.ino;
    // 1: FLOCK  ADVISORY  WRITE 1234 08:01:131075 0 EOF
    const held = Deno.readTextFileSync("/proc/locks").split("\n").map((line) => line.split(/\s+/))
      .find(([, , , , , file]) => inode !== null && file?.split(":")[2] === String(inode));
    const pid = Number(held?.[4]);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
