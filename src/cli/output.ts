import { resolve } from "node:path";
import { entryAt } from "../base/files.ts";
import type { Io } from "./io.ts";
import { unescaped } from "./safe_text.ts";

/** Destination of a command's large output. */
export interface Output {
  write(text: string): void;
  /** Syncs the file to disk and gives it its final name. */
  finish(): void;
  /** Removes the unfinished file after a failure. */
  cancel(): void;
}

/** The only link that is followed: shells and scripts use it. */
const standardOutput = "/dev/stdout";

/**
 * Writes to standard output, or to a file that appears when it is complete. Only its owner can read the file. An
 * existing file is replaced; a link, a device or a pipe is refused.
 *
 * @throws {RangeError} the path is not a file; also errors of the operating system
 */
export function openOutput(path: string | undefined, io: Pick<Io, "out">): Output {
  if (path === undefined || path === standardOutput) {
    return { write: (text) => io.out(unescaped(text)), finish() {}, cancel() {} };
  }
  assertReplaceable(path);
  const target = resolve(path);
  // A random name: no prepared link can have it, and parallel exports do not collide.
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
      // Replaces a link that was created in the meantime; does not follow it.
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
  const found = entryAt(path);
  if (found === undefined) return;
  if (found.isSymlink) throw new RangeError("it is a symbolic link; name its target");
  if (!found.isFile) throw new RangeError(`it is ${found.isDirectory ? "a directory" : "not a file"}; name a file`);
}
