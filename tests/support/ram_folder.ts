import { existsSync } from "node:fs";

const ram = "/dev/shm";

/** A folder in memory if available: for tests that kill processes, but not the machine. */
export function ramFolder(): string {
  return Deno.makeTempDirSync({ prefix: "wattseal-", ...(existsSync(ram) && { dir: ram }) });
}
