import { existsSync } from "node:fs";

const ram = "/dev/shm";

/** A folder in memory where there is such a thing: for tests that make processes die, but never the machine. */
export function ramFolder(): string {
  return Deno.makeTempDirSync({ prefix: "wattseal-", ...(existsSync(ram) && { dir: ram }) });
}
