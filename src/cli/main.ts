import { errorText } from "../base/log.ts";
import { healthArguments } from "./health_arguments.ts";
import { exitCode, processIo } from "./io.ts";
import { OutputError } from "./process_output.ts";
import { lines } from "./safe_text.ts";

const io = processIo();

async function run(args: readonly string[]): Promise<number> {
  const quick = healthArguments(args);
  // Only the code of the command is loaded: the parser of all commands alone takes longer than an answer may take
  if (quick !== undefined) return await (await import("./health.ts")).health(quick, io);
  return await (await import("./run_program.ts")).runProgram(args, io);
}

/** A callback of a library may write, too. The command itself ends because it is interrupted. */
function ignoreOutputError(event: Event, error: unknown): void {
  if (error instanceof OutputError) event.preventDefault();
}

addEventListener("error", (event) => ignoreOutputError(event, event.error));
addEventListener("unhandledrejection", (event) => ignoreOutputError(event, event.reason));

let code: number;
try {
  code = await run(Deno.args);
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
  code = exitCode.failed;
} else if (isErrorTextLost && code === exitCode.done) code = exitCode.failed;
Deno.exit(code);
