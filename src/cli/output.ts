import { resolve } from "node:path";
import type { Io } from "./io.ts";
import { exactly } from "./safe_text.ts";

/** Where a command writes what may be much. */
export interface Output {
  write(text: string): void;
  /** All is written: a file is on the disk and gets its name. */
  finish(): void;
  /** Something went wrong: a file that was begun is removed. */
  cancel(): void;
}

/** The one link that is followed, as shells and scripts name it. */
const standardOutput = "/dev/stdout";

/**
 * Writes to standard output, or to a file that appears once it is whole. The file is for its owner alone. One that is
 * there is replaced; a link, a device or a pipe is refused.
 *
 * @throws {RangeError} the path is none of a file; the system's own errors
 */
export function openOutput(path: string | undefined, io: Pick<Io, "out">): Output {
  if (path === undefined || path === standardOutput) {
    return { write: (text) => io.out(exactly(text)), finish() {}, cancel() {} };
  }
  assertReplaceable(path);
  const target = resolve(path);
  // Nobody can have prepared a link of this name, and another export beside this one has its own.
  const partial = `${target}.${crypto.randomUUID()}.partial`;
  const file = Deno.openSync(partial, { createNew: true, write: true, mode: 0o600 });
  const encoder = new TextEncoder();
  return {
    write(text) {
      const bytes = encoder.encode(text);
      for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    },
    finish() {
      file.syncSync();
      // A link that took the place meanwhile is replaced, not followed.
      Deno.renameSync(partial, target);
      file.close();
    },
    cancel() {
      file.close();
      Deno.removeSync(partial);
    },
  };
}

function assertReplaceable(path: string): void {
  let found: Deno.FileInfo;
  try {
    found = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (found.isSymlink) throw new RangeError("it is a symbolic link; name the file that it leads to");
  if (!found.isFile) throw new RangeError(`it is ${found.isDirectory ? "a directory" : "no file"}; name a file`);
}
