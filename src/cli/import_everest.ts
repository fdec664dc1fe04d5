import { errorText } from "../base/log.ts";
import { ConfigError, ImportError, importEverest, loadConfig } from "../config/mod.ts";
import { exitCode, type Io } from "./io.ts";

/**
 * Turns an EVerest configuration into ours: it goes to standard output, and what could not be mapped to standard error.
 *
 * @param file its path, or `-` for standard input
 * @returns the exit code: 0 done, 1 done, but some values are not allowed here, 2 the file cannot be used
 */
export async function importEverestFile(file: string, io: Pick<Io, "out" | "err" | "readInput">): Promise<number> {
  try {
    const text = file === "-" ? new TextDecoder().decode(await io.readInput()) : await Deno.readTextFile(file);
    const imported = importEverest(text);
    io.out(imported.text);
    for (const note of imported.notes) io.err(`${note}\n`);
    loadConfig(imported.text, { path: "(result)", env: () => undefined });
    return exitCode.done;
  } catch (error) {
    if (error instanceof ConfigError) {
      for (const { message } of error.problems) io.err(`${message}\n`);
      return exitCode.failed;
    }
    io.err(error instanceof ImportError ? `${error.message}\n` : `cannot read ${file}: ${errorText(error)}\n`);
    return exitCode.usage;
  }
}
