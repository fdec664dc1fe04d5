import { join } from "node:path";

/** What the search for a program needs. */
export interface FindOptions {
  env(name: string): string | undefined;
  /** Receives one line of text before each step that takes time. */
  report(line: string): void;
}

/** A program of a Debian package that runs without the rest of its package. */
export interface DebianProgram {
  readonly program: string;
  readonly package: string;
  /** Folder of the program in the package: `usr/bin`. */
  readonly folder: string;
  /** Where other systems get it. */
  readonly website: string;
  /** A call that shows that it can run here, with its exit code. @default `--version` and 0 */
  readonly probe?: { readonly args: readonly string[]; readonly code: number };
}

/**
 * Finds a program: in PATH, else in the cache folder. Otherwise downloads Debian's package into the cache without
 * installing it. Several processes can do this at the same time.
 *
 * @returns path of the executable
 * @throws {Error} there is none and the download failed; the message says how to install it
 */
export async function findDebianProgram(wanted: DebianProgram, { env, report }: FindOptions): Promise<string> {
  const { program } = wanted;
  for (const folder of (env("PATH") ?? "").split(":")) {
    const candidate = join(folder === "" ? "." : folder, program);
    if (await isProgram(candidate)) return candidate;
  }
  const cached = join(cacheFolder(env), program);
  if (await isProgram(cached)) return cached;
  report(`No ${program} in PATH: downloading Debian's package to ${cached}`);
  try {
    await fetchInto(wanted, cacheFolder(env), cached);
  } catch (error) {
    throw new Error(
      `Cannot find ${program} in PATH: install it with apt-get install ${wanted.package}, or from ${wanted.website}`,
      { cause: error },
    );
  }
  return cached;
}

function cacheFolder(env: FindOptions["env"]): string {
  const home = env("HOME") ?? Deno.cwd();
  return join(env("XDG_CACHE_HOME") || join(home, ".cache"), "wattseal");
}

async function isProgram(path: string): Promise<boolean> {
  try {
    const { isFile, mode } = await Deno.stat(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

async function fetchInto(wanted: DebianProgram, cache: string, target: string): Promise<void> {
  await Deno.mkdir(cache, { recursive: true });
  // Inside the cache: the last step is a rename within one file system, so other processes never see a partial file.
  const work = await Deno.makeTempDir({ dir: cache, prefix: "fetch-" });
  try {
    await download(wanted.package, work);
    const [package_] = (await Array.fromAsync(Deno.readDir(work))).filter(({ name }) => name.endsWith(".deb"));
    if (package_ === undefined) throw new Error("apt-get download left no package");
    await run("dpkg", ["-x", package_.name, "unpacked"], work);
    const unpacked = join(work, "unpacked", wanted.folder, wanted.program);
    const { args, code } = wanted.probe ?? { args: ["--version"], code: 0 };
    await run(unpacked, args, work, code);
    await Deno.rename(unpacked, target);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function download(name: string, work: string): Promise<void> {
  // The download user of apt cannot access this folder, so apt must not switch to it.
  const unsandboxed = ["-q", "-o", "APT::Sandbox::User=root"];
  try {
    await run("apt-get", [...unsandboxed, "download", name], work);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    // A minimal system has no package lists, and only root can update them: use private lists.
    const state = join(work, "state");
    const cache = join(work, "cache");
    await Deno.mkdir(join(state, "lists", "partial"), { recursive: true });
    await Deno.mkdir(join(cache, "archives", "partial"), { recursive: true });
    const privateLists = [...unsandboxed, "-o", `Dir::State=${state}`, "-o", `Dir::Cache=${cache}`];
    await run("apt-get", [...privateLists, "update"], work);
    await run("apt-get", [...privateLists, "download", name], work);
  }
}

async function run(command: string, args: readonly string[], cwd: string, expected = 0): Promise<void> {
  const { code, stderr } = await new Deno.Command(command, { args: [...args], cwd, stdin: "null" }).output();
  if (code === expected) return;
  const lastLine = new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "";
  throw new Error(`${command} ${args.at(-2)} ${args.at(-1)} ended with ${code}: ${lastLine}`);
}
