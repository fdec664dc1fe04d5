import { configurationSchema } from "../config/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { linesOf } from "./safe_text.ts";

/** Prints the JSON Schema of the configuration. @returns the exit code 0 */
export function schema(io: Pick<Io, "out">): number {
  io.out(linesOf(`${JSON.stringify(configurationSchema(), undefined, 2)}\n`));
  return exitCode.done;
}
