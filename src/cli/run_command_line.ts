import { errorText } from "../base/log.ts";
import { healthArguments } from "./health_arguments.ts";
import { exitCode, type ProcessIo } from "./io.ts";
import { lines } from "./safe_text.ts";

/** Runs the command line of a process, and checks that its output is complete. @returns the exit code of the process */
export async function runCommandLine(args: readonly string[], io: ProcessIo): Promise<number> {
  let code: number;
  try {
    code = await run(args, io);
  } catch (error) {
    if (error instanceof SyntaxError) {
      io.err(lines(error.message));
      code = exitCode.usage;
    } else if (io.output.failure !== undefined) code = exitCode.failed;
    else throw error;
  }
  const { failure, isErrorTextLost } = io.output;
  if (failure !== undefined) {
    if (!failure.isReaderGone) io.err(lines(errorText(failure)));
    return exitCode.failed;
  }
  return isErrorTextLost && code === exitCode.done ? exitCode.failed : code;
}

async function run(args: readonly string[], io: ProcessIo): Promise<number> {
  const quick = healthArguments(args);
  // Only the code of the command is loaded: the parser of all commands alone takes longer than an answer may take
  if (quick !== undefined) return await (await import("./health.ts")).health(quick, io);
  return await (await import("./run_program.ts")).runProgram(args, io);
}
