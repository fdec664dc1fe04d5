import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { errorText, type Log } from "./log.ts";
import { createPrivate } from "./private_files.ts";
import { removeIfThere } from "./remove_if_there.ts";

/** Which process this is. */
export interface NodeIdentity {
  /** Another one for each process. */
  readonly instance: string;
  /** The process that used the same state folder before. */
  readonly replaces?: string;
}

/** File in the state folder with the id of the process that uses it. */
const fileName = "instance";

/**
 * The identity of this process, which the state folder keeps for the next one. A file that cannot be read or written
 * costs the next process its `replaces`, nothing else.
 *
 * @param stateDir an existing folder that no other process uses
 */
export function newNodeIdentity(stateDir: string, log: Log): NodeIdentity {
  const path = join(stateDir, fileName);
  const instance = randomUUID();
  const replaces = readInstance(path);
  try {
    const partial = `${path}.partial`;
    removeIfThere(partial);
    createPrivate(partial);
    Deno.writeTextFileSync(partial, `${instance}\n`);
    Deno.renameSync(partial, path);
  } catch (error) {
    log.warn("cannot store the id of this process; the next one does not know which process it replaces", {
      path,
      reason: errorText(error),
    });
  }
  return { instance, ...(replaces === undefined ? {} : { replaces }) };
}

function readInstance(path: string): string | undefined {
  try {
    return /^[0-9a-f-]{36}$/.exec(Deno.readTextFileSync(path).trim())?.[0];
  } catch {
    // The first process here, or a file without an id
    return undefined;
  }
}
