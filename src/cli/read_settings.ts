import { fileProblem } from "../base/file_problem.ts";
import { ConfigError, loadConfig, type Settings } from "../config/mod.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/**
 * The settings in a configuration file.
 *
 * @returns undefined when the file cannot be used; why stands on standard error, one line for each mistake
 */
export async function readSettings(file: string, io: Pick<Io, "err" | "env">): Promise<Settings | undefined> {
  try {
    return loadConfig(await Deno.readTextFile(file), { path: file, env: io.env });
  } catch (error) {
    if (error instanceof ConfigError) {
      for (const { message } of error.problems) io.err(lines(message));
    } else {
      io.err(lines(`cannot read the configuration ${file}: ${fileProblem(error)}`));
    }
    return undefined;
  }
}
