import { fileProblem } from "../base/file_problem.ts";
import { installedConfig } from "./installed_config.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/** Options that name the state folder of a service; neither: the installed configuration. */
export interface StateFolderOptions {
  readonly stateDir?: string | undefined;
  readonly config?: string | undefined;
}

/** No option names a state folder, and the package is not installed. */
export const noLocation = "Give --config FILE or --state-dir DIR: no configuration is installed in /etc/wattseal";

/**
 * The state folder of the running service. A plain `state_dir` is taken from the file without a check of the rest: the
 * file may have become faulty after the start, and the check takes much longer than the question to the service.
 *
 * @returns undefined if there is none, or if both options are given; standard error then has the reason
 */
export async function stateFolder(
  { stateDir, config: named }: StateFolderOptions,
  io: Pick<Io, "err" | "env">,
): Promise<string | undefined> {
  if (stateDir !== undefined && named !== undefined) {
    io.err(lines("Give only one of --config and --state-dir"));
    return undefined;
  }
  if (stateDir !== undefined) return stateDir;
  const config = named ?? installedConfig();
  if (config === undefined) {
    io.err(lines(noLocation));
    return undefined;
  }
  try {
    const plain = plainStateDir(await Deno.readTextFile(config));
    if (plain !== undefined) return fromFolderOf(config, plain);
  } catch (error) {
    io.err(lines(`Cannot read the configuration ${config}: ${fileProblem(error)}`));
    return undefined;
  }
  const { readSettings } = await import("./read_settings.ts");
  return (await readSettings(config, io))?.stateDir;
}

/** Without `node:path`, which takes long to load. */
function fromFolderOf(file: string, path: string): string {
  if (path.startsWith("/")) return path;
  return `${file.slice(0, file.lastIndexOf("/") + 1)}${path.replace(/^(\.\/+)+/, "")}` || ".";
}

/** The folder in a file without the key. */
const defaultFolder = "./state";

/** The value of `state_dir`; undefined: only a parser of YAML can find it. */
function plainStateDir(text: string): string | undefined {
  const mentions = text.split("\n").filter((line) => line.includes("state_dir"));
  const [mention, ...more] = mentions.filter((line) => !line.trimStart().startsWith("#"));
  if (mention === undefined) return /^\s*[{]|\\|^---|^%/m.test(text) ? undefined : defaultFolder;
  return more.length > 0 ? undefined : /^state_dir: +([\w./-]+) *(?: #.*)?\r?$/.exec(mention)?.[1];
}
