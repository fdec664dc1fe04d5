import { join } from "node:path";
import { namesIn } from "../base/files.ts";

/** A process that has opened a file. */
export interface DeviceUser {
  readonly pid: number;
  readonly name: string;
}

/**
 * The processes that have opened a file. Only root sees those of other users.
 *
 * @param path without symbolic links
 * @param root folder with `proc`
 */
export function usersOf(path: string, root: string): DeviceUser[] {
  const proc = join(root, "proc");
  return (namesIn(proc) ?? []).filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    const descriptors = join(proc, pid, "fd");
    // Unreadable: a process of another user, or one that has just ended
    const names = namesIn(descriptors) ?? [];
    const holds = names.some((descriptor) => targetOf(join(descriptors, descriptor)) === path);
    return holds ? [{ pid: Number(pid), name: nameOf(join(proc, pid, "comm")) }] : [];
  });
}

function targetOf(link: string): string | undefined {
  try {
    return Deno.readLinkSync(link);
  } catch {
    return undefined;
  }
}

function nameOf(path: string): string {
  try {
    return Deno.readTextFileSync(path).trim();
  } catch {
    return "unknown";
  }
}
