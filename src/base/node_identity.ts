import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { errorText, type Log } from "./log.ts";
import { replacePrivate } from "./private_files.ts";

/** Identity of this process. */
export interface NodeIdentity {
  /** Unique for each process. */
  readonly instance: string;
  /** The previous process with the same state folder. */
  readonly replaces?: string;
}

/** File in the state folder that contains the id of the process. */
const fileName = "instance";

/**
 * Creates the identity of this process and stores it in the state folder for the next process. If the file cannot be
 * read or written, only `replaces` is missing.
 *
 * @param stateDir an existing folder that no other process uses
 */
export function newNodeIdentity(stateDir: string, log: Log): NodeIdentity {
  const path = join(stateDir, fileName);
  const instance = randomUUID();
  const replaces = readInstance(path);
  try {
    replacePrivate(path, `${instance}\n`);
  } catch (error) {
    log.warn("Cannot store the id of this process; the next process will not report which one it replaces", {
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
    // This is the first process here
    return undefined;
  }
}
