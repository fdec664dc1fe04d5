import { endProcess } from "./end_process.ts";
import { processIo } from "./io.ts";
import { ignoreOutputErrors } from "./process_output.ts";
import { runCommandLine } from "./run_command_line.ts";

ignoreOutputErrors();
const io = processIo();
endProcess(await runCommandLine(Deno.args, io), io);
