import { basename, dirname, join } from "node:path";
import type { Architecture } from "./architectures.ts";
import type { Commit } from "./commit.ts";
import { installBundles } from "./bundles.ts";
import { type Component, readComponents } from "./components.ts";
import {
  bundleFolder,
  installedPath,
  isInstalledSource,
  isPackaging,
  isProgram,
  links,
  programFolder,
} from "./contents.ts";
import { debianVersion, digest, writeControlFiles } from "./control_files.ts";
import { installDeno } from "./deno_binary.ts";
import { writeDocuments } from "./documents.ts";
import { copyFile, normaliseTree, writeFile } from "./file_tree.ts";
import { installPackages, stripModules } from "./node_modules.ts";
import { runtimeLock } from "./runtime_lock.ts";
import { type ProjectConfig, runtimeConfig, usedImports } from "./runtime_manifest.ts";
import { runTool } from "./run_tool.ts";

/** What to build, and where. */
export interface PackageBuild {
  /** The root of the checkout with the program. */
  readonly project: string;
  /** The root of the checkout with units, rules for devices and maintainer scripts; usually the same. */
  readonly packaging: string;
  /** The commit of the program, with all files of the package. */
  readonly commit: Commit;
  readonly architecture: Architecture;
  /** The folder that receives the package and `SHA256SUMS`. */
  readonly out: string;
  /** Folder for what is made on the way. */
  readonly work: string;
}

/** Builds a package. Equal commits give equal bytes. @returns its path */
export async function buildPackage(build: PackageBuild): Promise<string> {
  const { project, packaging, commit, architecture, out, work } = build;
  const root = join(work, "root");
  const config: ProjectConfig = JSON.parse(await Deno.readTextFile(join(project, "deno.json")));
  await installSources(build, root);
  const runtime = await installRuntime(build, root, config);
  const bundled = await installBundles(build, join(root, bundleFolder));
  const components = [...runtime, ...bundled.filter(({ name }) => runtime.every((each) => each.name !== name))];
  const identity = {
    version: debianVersion(config.version),
    architecture: architecture.name,
    commit: commit.id,
    epoch: commit.epoch,
    licence: config.license,
  };
  await writeDocuments(root, identity, components);
  await writeControlFiles(root, join(packaging, "config/debian"), identity);
  await normaliseTree(root, commit.epoch, isProgram);
  await Deno.mkdir(out, { recursive: true });
  const path = join(out, `wattseal_${identity.version}_${architecture.name}.deb`);
  // One thread: the number of threads changes how the data is cut into blocks. Level 1 takes a sixth of the time of level 6
  // and makes a package that is 2 MB larger.
  await runTool("dpkg-deb", ["--root-owner-group", "-Zxz", "-z1", "--threads-max=1", "--build", root, path], {
    env: { SOURCE_DATE_EPOCH: String(commit.epoch), LC_ALL: "C.UTF-8" },
  });
  await writeSums(out);
  return path;
}

async function installSources({ project, packaging, commit }: PackageBuild, root: string): Promise<void> {
  for (const file of commit.files) {
    const path = installedPath(file);
    if (path !== undefined) await copyFile(join(isPackaging(file) ? packaging : project, file), join(root, path));
  }
  for (const [link, target] of links) {
    await Deno.mkdir(dirname(join(root, link)), { recursive: true });
    await Deno.symlink(target, join(root, link));
  }
}

async function installRuntime(
  { project, packaging, commit, architecture, work }: PackageBuild,
  root: string,
  config: ProjectConfig,
): Promise<Component[]> {
  const app = join(root, programFolder, "app");
  const downloads = join(work, "downloads");
  const sources = commit.files.filter(isInstalledSource);
  const imports = usedImports(
    config.imports,
    await Promise.all(sources.map((file) => Deno.readTextFile(join(project, file)))),
  );
  const runtime = runtimeLock(JSON.parse(await Deno.readTextFile(join(project, "deno.lock"))), imports);
  const lock = `${JSON.stringify(runtime, undefined, 2)}\n`;
  await writeFile(join(app, "deno.json"), `${JSON.stringify(runtimeConfig(config, imports), undefined, 2)}\n`);
  await writeFile(join(app, "deno.lock"), lock);
  await writeFile(join(app, "release.json"), `${JSON.stringify({ commit: commit.id })}\n`);
  const packages = join(work, "packages");
  await installPackages({ folder: packages, imports, lock, downloads });
  await stripModules(join(packages, "node_modules"), architecture.addon);
  await Deno.rename(join(packages, "node_modules"), join(app, "node_modules"));
  await writeFile(join(root, programFolder, "cache"), "");
  const deno = await installDeno(
    { project: packaging, work, downloads },
    architecture.denoPackage,
    join(root, programFolder),
  );
  return [...await readComponents(join(app, "node_modules"), runtime), deno];
}

/** Writes the checksums of all packages in a folder, in the form of `sha256sum`. */
async function writeSums(folder: string): Promise<void> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name)
    .filter((name) => /^wattseal_.*\.deb$/.test(name)).toSorted();
  const sums = await Promise.all(
    names.map(async (name) => `${digest("sha256", await Deno.readFile(join(folder, name)))}  ${basename(name)}\n`),
  );
  await writeFile(join(folder, "SHA256SUMS"), sums.join(""));
}
