import { dirname } from "node:path";
import { errorText } from "../base/log.ts";
import { privateFolderMode, replacePrivate } from "../base/private_files.ts";
import { FleetError } from "./retries.ts";
import type { FleetStep } from "./step.ts";

/** A file to write. */
export interface NewFile {
  readonly path: string;
  /** Its purpose, in a few words. */
  readonly purpose: string;
  readonly content: string;
}

/**
 * Plans a group of files that only their owner can read, because they contain secrets. If one exists, none is written:
 * new and old files would not match.
 *
 * @param force replace existing files
 */
export async function planFiles(files: readonly NewFile[], force: boolean): Promise<FleetStep[]> {
  const existing = await Promise.all(files.map(({ path }) => exists(path)));
  const isKept = existing.some((there) => there) && !force;
  return files.map(({ path, purpose, content }, place): FleetStep => {
    const subject = `file ${path}`;
    if (isKept) {
      const text = existing[place] ? "it exists and is kept; --force replaces it" : "not written: other files exist";
      return { action: "keep", subject, text };
    }
    const action = existing[place] ? "change" : "create";
    return { action, subject, text: purpose, act: () => writePrivate(path, content) };
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new FleetError(`Cannot read ${path}: ${errorText(error)}`, { cause: error });
  }
}

/** Writes a file that only its owner can read, and creates its folders. */
async function writePrivate(path: string, content: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: privateFolderMode });
    replacePrivate(path, content);
  } catch (error) {
    throw new FleetError(`cannot write ${path}: ${errorText(error)}`, { cause: error });
  }
}
