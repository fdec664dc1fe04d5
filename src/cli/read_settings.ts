import { fileProblem } from "../base/file_problem.ts";
import { ConfigError, loadConfig, type Settings } from "../config/mod.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/**
 * Reads the settings in a configuration file.
 *
 * @returns undefined if the file cannot be used; standard error then has one line for each mistake
 */
export async function readSettings(file: string, io: Pick<Io, "err" | "env">): Promise<Settings | undefined> {
  try {
    return loadConfig(await Deno.readTextFile(file), { path: file, env: io.env });
  } catch (error) {
    if (error instanceof ConfigError) {
      for (const { message } of error.problems) io.err(lines(message));
    } else {
      io.err(lines(`Cannot read the configuration ${file}: ${fileProblem(error)}`));
    }
    return undefined;
  }
}
