import { CommanderError } from "commander";
import { errorText } from "../base/log.ts";
import { exitCode, OutputError, processIo } from "./io.ts";
import { program } from "./program.ts";
import { lines } from "./safe_text.ts";

const io = processIo();
let code: number = exitCode.done;
try {
  await program(io, (result) => code = result).parseAsync(Deno.args, { from: "user" });
} catch (error) {
  if (error instanceof CommanderError) {
    code = error.exitCode === 0 ? exitCode.done : exitCode.usage;
  } else if (error instanceof SyntaxError) {
    io.err(lines(error.message));
    code = exitCode.usage;
  } else if (error instanceof OutputError) {
    io.err(lines(errorText(error)));
    code = exitCode.failed;
  } else throw error;
}
Deno.exit(code);
