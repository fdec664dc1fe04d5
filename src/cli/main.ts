import { processIo } from "./io.ts";
import { ignoreOutputErrors } from "./process_output.ts";
import { runCommandLine } from "./run_command_line.ts";

ignoreOutputErrors();
Deno.exit(await runCommandLine(Deno.args, processIo()));
