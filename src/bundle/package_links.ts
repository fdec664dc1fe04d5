import { dirname, join } from "node:path";

/** The part of a `deno.lock` that names packages. */
interface Lock {
  readonly npm: Readonly<Record<string, { readonly integrity: string }>>;
}

/** An npm package of a checkout. */
export interface LinkedPackage {
  readonly name: string;
  readonly version: string;
  /** Checksum in the lock: `sha512-` and base64. */
  readonly integrity: string;
  /** Its folder in Deno's cache. */
  readonly folder: string;
}

/**
 * Makes a folder `node_modules` with links to the npm packages that `imports` of a checkout's `deno.json` names: Deno keeps
 * them in its cache, where bundlers do not find them.
 *
 * @param folder the folder that gets `node_modules`
 * @throws {Error} Deno cannot name its cache, or cannot download a package
 */
export async function linkPackages(project: string, folder: string): Promise<LinkedPackage[]> {
  const config: { imports: Record<string, string> } = JSON.parse(await Deno.readTextFile(join(project, "deno.json")));
  const { npm }: Lock = JSON.parse(await Deno.readTextFile(join(project, "deno.lock")));
  const { npmCache }: { npmCache: string } = JSON.parse(await runDeno(project, "info", "--json"));
  const registries = (await Array.fromAsync(Deno.readDir(npmCache))).map(({ name }) => join(npmCache, name));
  const packages: LinkedPackage[] = [];
  for (const target of Object.values(config.imports)) {
    const [, id = "", name = "", version = ""] = /^npm:\/?((.+)@(.+?))\/?$/.exec(target) ?? [];
    const place = registries.map((registry) => join(registry, name, version)).find(isFolder);
    const entry = npm[id];
    if (place === undefined || entry === undefined) continue;
    packages.push({ name, version, integrity: entry.integrity, folder: await Deno.realPath(place) });
    const link = join(folder, "node_modules", name);
    await Deno.mkdir(dirname(link), { recursive: true });
    await Deno.symlink(place, link);
  }
  return packages;
}

/**
 * Runs a command of Deno in a checkout and returns its output.
 *
 * @throws {Error} it failed
 */
export async function runDeno(project: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: project,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`deno ${args.join(" ")} failed in ${project}: ${new TextDecoder().decode(stderr).trim()}`);
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
