/**
 * Runs command lines of the product one after the other, each as the product runs the command line of a process. So one
 * process shows for many commands what they do with its standard output.
 *
 * Arguments: JSON of the command lines. After each one, standard error receives a line with its exit code, and a standard
 * output that is not a terminal a line that ends its text; see {@linkcode endMark}.
 *
 * @module
 */
import { processIo } from "../../src/cli/io.ts";
import { ignoreOutputErrors } from "../../src/cli/process_output.ts";
import { runCommandLine } from "../../src/cli/run_command_line.ts";
import { endMark } from "./output_mark.ts";

ignoreOutputErrors();
const commandLines: readonly (readonly string[])[] = JSON.parse(Deno.args[0] ?? "[]");
for (const args of commandLines) {
  const io = processIo();
  let code: number | string;
  try {
    code = await runCommandLine(args, io);
  } catch (error) {
    code = `Uncaught ${error instanceof Error ? error.stack : error}`;
  }
  if (!Deno.stdout.isTerminal() && io.output.failure === undefined) mark(Deno.stdout, "");
  mark(Deno.stderr, String(code));
}
Deno.exit(0);

function mark(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  try {
    stream.writeSync(new TextEncoder().encode(`${endMark}${text}\n`));
  } catch {
    // The reader is gone, or the disk is full; the command had nothing to print
  }
}
