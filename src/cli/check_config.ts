import { stringify } from "yaml";
import { fileProblem } from "../base/file_problem.ts";
import { ConfigError, effectiveConfig, loadConfig } from "../config/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { OutputError } from "./process_output.ts";
import { readingsText } from "./readings_text.ts";
import { jsonLine, lines, linesOf } from "./safe_text.ts";

/**
 * Checks a configuration file and prints the effective settings, including defaults: as YAML with comments about the
 * space that readings need, or with `json` as one JSON object on one line. Mistakes go to standard error, one line
 * each; with `json` they go to standard output, one object each. Warnings go to standard error.
 *
 * @returns the exit code: 0 the file is valid, 2 it is invalid or cannot be read
 */
export async function checkConfig(
  args: { readonly file: string; readonly json: boolean },
  io: Pick<Io, "out" | "err" | "env">,
): Promise<number> {
  try {
    const settings = loadConfig(await Deno.readTextFile(args.file), { path: args.file, env: io.env });
    for (const warning of settings.warnings) io.err(lines(`warning: ${warning}`));
    const effective = effectiveConfig(settings);
    io.out(args.json ? jsonLine(effective) : linesOf(stringify(effective)));
    if (!args.json) io.out(lines(...readingsText(settings).map((line) => `# ${line}`)));
    return exitCode.done;
  } catch (error) {
    if (error instanceof OutputError) throw error;
    if (!(error instanceof ConfigError)) {
      io.err(lines(`Cannot read the configuration ${args.file}: ${fileProblem(error)}`));
      return exitCode.usage;
    }
    for (const problem of error.problems) {
      if (args.json) io.out(jsonLine(problem));
      else io.err(lines(problem.message));
    }
    return exitCode.usage;
  }
}
