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

/** Writes to standard output, or to a file that appears once it is whole. @throws the system's own errors */
export function openOutput(path: string | undefined, io: Pick<Io, "out">): Output {
  if (path === undefined) return { write: (text) => io.out(exactly(text)), finish() {}, cancel() {} };
  const partial = `${resolve(path)}.partial`;
  const file = Deno.openSync(partial, { create: true, truncate: true, write: true });
  const encoder = new TextEncoder();
  return {
    write(text) {
      const bytes = encoder.encode(text);
      for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    },
    finish() {
      file.syncSync();
      Deno.renameSync(partial, path);
      file.close();
    },
    cancel() {
      file.close();
      Deno.removeSync(partial);
    },
  };
}
