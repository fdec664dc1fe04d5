import { fileProblem } from "../base/file_problem.ts";
import {
  ConfigError,
  type ImportedConfig,
  ImportError,
  importEverest,
  loadConfig,
  type Problem,
} from "../config/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { lines, linesOf } from "./safe_text.ts";
import { schemaLine } from "./schema_line.ts";

/**
 * Converts an EVerest configuration to a Wattseal configuration on standard output. Settings that cannot be converted
 * are listed on standard error, and also what changes in the EVerest configuration.
 *
 * @param file its path, or `-` for standard input
 * @returns the exit code: 0 converted, 1 converted, but some values are not allowed here, 2 the file cannot be used
 */
export async function importEverestFile(file: string, io: Pick<Io, "out" | "err" | "readInput">): Promise<number> {
  const path = file === "-" ? "standard input" : file;
  let imported: ImportedConfig;
  try {
    const text = file === "-" ? new TextDecoder().decode(await io.readInput()) : await Deno.readTextFile(file);
    imported = importEverest(text, path);
  } catch (error) {
    const sentences = error instanceof ImportError ? error.sentences : [`Cannot read ${path}: ${fileProblem(error)}`];
    io.err(lines(...sentences));
    return exitCode.usage;
  }
  io.out(linesOf(`${schemaLine()}\n${imported.text}`));
  for (const note of imported.notes) io.err(lines(note));
  io.err(lines(...imported.everestChanges));
  const problems = problemsOf(imported.text);
  if (problems.length === 0) return exitCode.done;
  io.err(
    lines(
      "The service refuses this result until these problems are fixed, in the result or in the EVerest file:",
    ),
  );
  for (const problem of problems) io.err(lines(`${sentence(problem, imported.modules)}`));
  return exitCode.failed;
}

/** The problems that the service reports for this text. */
function problemsOf(text: string): readonly Problem[] {
  try {
    loadConfig(text, { path: "result of the import", env: () => undefined });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Adds the name of the EVerest module: the user knows the EVerest file, not the result. */
function sentence({ message, key }: Problem, modules: ImportedConfig["modules"]): string {
  const module = modules.get(/^(?:lines\[\d+\](?:\.meters\[\d+\])?|defaults)/.exec(key)?.[0] ?? "");
  return message + (module === undefined ? "" : ` (of module${module.includes(", ") ? "s" : ""} ${module})`);
}
