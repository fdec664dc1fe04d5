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

/**
 * Turns an EVerest configuration into ours: it goes to standard output, and what could not be mapped to standard error.
 *
 * @param file its path, or `-` for standard input
 * @returns the exit code: 0 done, 1 done, but some values are not allowed here, 2 the file cannot be used
 */
export async function importEverestFile(file: string, io: Pick<Io, "out" | "err" | "readInput">): Promise<number> {
  const path = file === "-" ? "standard input" : file;
  let imported: ImportedConfig;
  try {
    const text = file === "-" ? new TextDecoder().decode(await io.readInput()) : await Deno.readTextFile(file);
    imported = importEverest(text, path);
  } catch (error) {
    const sentences = error instanceof ImportError ? error.sentences : [`cannot read ${path}: ${fileProblem(error)}`];
    io.err(lines(...sentences));
    return exitCode.usage;
  }
  io.out(linesOf(imported.text));
  for (const note of imported.notes) io.err(lines(note));
  const problems = problemsOf(imported.text);
  if (problems.length === 0) return exitCode.done;
  io.err(
    lines(
      "The result, as it was printed, is refused by the service until this is mended, there or in the EVerest file:",
    ),
  );
  for (const problem of problems) io.err(lines(`${sentence(problem, imported.modules)}`));
  return exitCode.failed;
}

/** What the service would say of the text. */
function problemsOf(text: string): readonly Problem[] {
  try {
    loadConfig(text, { path: "result of the import", env: () => undefined });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** The problem with the name of its module: only the EVerest file is known by sight. */
function sentence({ message, key }: Problem, modules: ImportedConfig["modules"]): string {
  const module = modules.get(/^(?:lines\[\d+\](?:\.meters\[\d+\])?|defaults)/.exec(key)?.[0] ?? "");
  return message + (module === undefined ? "" : ` (of module${module.includes(", ") ? "s" : ""} ${module})`);
}
