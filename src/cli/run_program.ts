import { CommanderError } from "commander";
import { exitCode, type Io } from "./io.ts";
import { program } from "./program.ts";

/** Runs a command line. @returns the exit code */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  let code: number = exitCode.done;
  try {
    await program(io, (result) => code = result).parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
    throw error;
  }
}
