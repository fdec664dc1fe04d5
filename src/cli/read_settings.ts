import { fileProblem } from "../base/file_problem.ts";
import { ConfigError, loadConfig, type Settings } from "../config/mod.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/** A configuration file that cannot be used; its message has one line for each mistake. */
export class UnusableConfiguration extends Error {
  override readonly name = "UnusableConfiguration";

  /** @param problems one text for each mistake */
  constructor(readonly problems: readonly string[], options: ErrorOptions) {
    super(problems.join("\n"), options);
  }
}

/**
 * Reads the settings in a configuration file.
 *
 * @throws {UnusableConfiguration} the file has mistakes or cannot be read
 */
export async function loadSettings(file: string, io: Pick<Io, "env">): Promise<Settings> {
  try {
    return loadConfig(await Deno.readTextFile(file), { path: file, env: io.env });
  } catch (cause) {
    const problems = cause instanceof ConfigError
      ? cause.problems.map(({ message }) => message)
      : [`Cannot read the configuration ${file}: ${fileProblem(cause)}`];
    throw new UnusableConfiguration(problems, { cause });
  }
}

/**
 * Reads the settings in a configuration file for a command.
 *
 * @returns undefined if the file cannot be used; standard error then has one line for each mistake
 */
export async function readSettings(file: string, io: Pick<Io, "err" | "env">): Promise<Settings | undefined> {
  try {
    return await loadSettings(file, io);
  } catch (error) {
    if (!(error instanceof UnusableConfiguration)) throw error;
    for (const problem of error.problems) io.err(lines(problem));
    return undefined;
  }
}
