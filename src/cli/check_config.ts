import { stringify } from "yaml";
import { ConfigError, effectiveConfig, loadConfig, type Settings } from "../config/mod.ts";

/** Where a command writes whole lines of text. */
interface Output {
  out(text: string): void;
  err(text: string): void;
}

/**
 * Checks a configuration file and prints the settings that follow from it, as YAML or, with `json`, as one JSON object
 * on a line. Problems go to `err`, a line each; with `json` they go to `out`, an object each. Warnings go to `err`.
 *
 * @returns the exit code: 0 the file is good, 2 it is not, or cannot be read
 */
export async function checkConfig(args: { readonly file: string; readonly json: boolean }, io: Output): Promise<0 | 2> {
  let text: string;
  try {
    text = await Deno.readTextFile(args.file);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    io.err(`cannot read ${args.file}: ${error.message}`);
    return 2;
  }
  let settings: Settings;
  try {
    settings = loadConfig(text, { path: args.file, env: (name) => Deno.env.get(name) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) {
      if (args.json) io.out(JSON.stringify(problem));
      else io.err(problem.message);
    }
    return 2;
  }
  for (const warning of settings.warnings) io.err(`warning: ${warning}`);
  const effective = effectiveConfig(settings);
  io.out(args.json ? JSON.stringify(effective) : stringify(effective).trimEnd());
  return 0;
}
