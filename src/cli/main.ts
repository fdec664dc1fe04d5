import { CommanderError } from "commander";
import { exitCode, processIo } from "./io.ts";
import { program } from "./program.ts";

const io = processIo();
let code: number = exitCode.done;
try {
  await program(io, (result) => code = result).parseAsync(Deno.args, { from: "user" });
} catch (error) {
  if (error instanceof CommanderError) {
    code = error.exitCode === 0 ? exitCode.done : exitCode.usage;
  } else if (error instanceof SyntaxError) {
    io.err(`${error.message}\n`);
    code = exitCode.usage;
  } else throw error;
}
Deno.exit(code);
