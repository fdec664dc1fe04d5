import type { Acceptance } from "./write_whole.ts";

/** Standard output of this process, as a path. */
const path = "/proc/self/fd/1";

/** How standard output accepts bytes: unlike a pipe or a file, a terminal or a socket may accept a part of a line. */
export function acceptanceOfOutput(): Acceptance {
  // Without a question to the user for a permission
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return "bytes";
  try {
    const { isFifo, isFile } = Deno.statSync(path);
    return isFifo || isFile ? "lines" : "bytes";
  } catch {
    return "bytes";
  }
}
