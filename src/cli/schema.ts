import { configurationSchema, everestConfigurationSchema } from "../config/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { linesOf } from "./safe_text.ts";

/** Prints the JSON Schema of the configuration, or of that of `everest`. @returns the exit code 0 */
export function schema(args: { readonly everest: boolean }, io: Pick<Io, "out">): number {
  const printed = args.everest ? everestConfigurationSchema() : configurationSchema();
  io.out(linesOf(`${JSON.stringify(printed, undefined, 2)}\n`));
  return exitCode.done;
}
