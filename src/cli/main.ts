import { errorText } from "../base/log.ts";
import { healthArguments } from "./health_arguments.ts";
import { exitCode, OutputError, processIo } from "./io.ts";
import { lines } from "./safe_text.ts";

const io = processIo();

async function run(args: readonly string[]): Promise<number> {
  const quick = healthArguments(args);
  // Only the code of the command is loaded: the parser of all commands alone takes longer than an answer may take
  if (quick !== undefined) return await (await import("./health.ts")).health(quick, io);
  return await (await import("./run_program.ts")).runProgram(args, io);
}

let code: number;
try {
  code = await run(Deno.args);
} catch (error) {
  if (error instanceof SyntaxError) {
    io.err(lines(error.message));
    code = exitCode.usage;
  } else if (error instanceof OutputError) {
    io.err(lines(errorText(error)));
    code = exitCode.failed;
  } else throw error;
}
Deno.exit(code);
