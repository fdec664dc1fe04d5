import { stringify } from "yaml";
import { fileProblem } from "../base/file_problem.ts";
import {
  ConfigError,
  effectiveConfig,
  effectiveEverestConfig,
  loadConfig,
  loadEverestSettings,
  type LoadOptions,
} from "../config/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { OutputError } from "./process_output.ts";
import { readingsText } from "./readings_text.ts";
import { jsonLine, lines, linesOf } from "./safe_text.ts";

/** Which file is checked. */
export interface CheckedFile {
  /** Its path. */
  readonly file: string;
  /** Whether it is the configuration of `everest`. @default false: that of the service */
  readonly everest?: boolean;
  /** Prints JSON. */
  readonly json: boolean;
}

/**
 * Checks a configuration file and prints the effective settings, including defaults: as YAML with comments about the
 * space that readings need, or with `json` as one JSON object on one line. Mistakes go to standard error, one line
 * each; with `json` they go to standard output, one object each. Warnings go to standard error.
 *
 * @returns the exit code: 0 the file is valid, 2 it is invalid or cannot be read
 */
export async function checkConfig(
  args: CheckedFile,
  io: Pick<Io, "out" | "err" | "env">,
): Promise<number> {
  try {
    const text = await Deno.readTextFile(args.file);
    const checked = (args.everest === true ? everestFile : serviceFile)(text, { path: args.file, env: io.env });
    const { warnings, effective, comments } = checked;
    for (const warning of warnings) io.err(lines(`warning: ${warning}`));
    io.out(args.json ? jsonLine(effective) : linesOf(stringify(effective)));
    if (!args.json && comments.length > 0) io.out(lines(...comments.map((line) => `# ${line}`)));
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
    const hint = otherKind(error, args);
    if (hint !== undefined) io.err(lines(hint));
    return exitCode.usage;
  }
}

/** A hint if the file is of the other kind: each kind has a section that the other one does not know. */
function otherKind({ problems }: ConfigError, { everest = false }: CheckedFile): string | undefined {
  const section = everest ? "lines" : "mqtt";
  if (!problems.some(({ key, found }) => key === section && found.startsWith("the unknown key"))) return undefined;
  return everest
    ? "This seems to be the configuration of the service: check it without --everest"
    : "This seems to be the configuration of everest: check it with --everest";
}

/** A valid file: what is printed about it. */
interface ValidFile {
  readonly warnings: readonly string[];
  readonly effective: object;
  readonly comments: readonly string[];
}

function serviceFile(text: string, options: LoadOptions): ValidFile {
  const settings = loadConfig(text, options);
  return {
    warnings: settings.warnings,
    effective: effectiveConfig(settings),
    comments: readingsText(settings),
  };
}

function everestFile(text: string, options: LoadOptions): ValidFile {
  return { warnings: [], effective: effectiveEverestConfig(loadEverestSettings(text, options)), comments: [] };
}
