import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { previousCommit } from "../support/previous_release.ts";
import { must } from "./run_tool.ts";

const project = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/** Builds a package. @param options of `deno task package` @returns its path */
export async function buildPackage(out: string, ...options: string[]): Promise<string> {
  const builder = join(project, "src/package/main.ts");
  await must(
    Deno.execPath(),
    "run",
    "--allow-all",
    "--config",
    join(project, "deno.json"),
    builder,
    "--out",
    out,
    ...options,
  );
  const name = (await Array.fromAsync(Deno.readDir(out))).find(({ name }) => name.endsWith(".deb"))?.name;
  if (name === undefined) throw new Error("deno task package built no package");
  return join(out, name);
}

/** Builds the package of the previous release, with the packaging of this one. @returns its path */
export async function previousPackage(folder: string): Promise<string> {
  const source = join(folder, "previous");
  await must(
    "git",
    "-c",
    `safe.directory=${project}/.git`,
    "clone",
    "--quiet",
    "--shared",
    "--no-checkout",
    project,
    source,
  );
  await must("git", "-C", source, "checkout", "--quiet", previousCommit);
  return await buildPackage(join(folder, "previous-package"), "--source", source);
}

/** Makes the package of the next release: the same program with a higher version. @returns its path */
export async function nextPackage(deb: string, folder: string): Promise<string> {
  const root = join(folder, "next");
  const path = join(folder, "next.deb");
  await must("dpkg-deb", "--raw-extract", deb, root);
  await must("sed", "-i", "s/^Version: .*/&+next/", join(root, "DEBIAN/control"));
  await must("dpkg-deb", "--root-owner-group", "-Znone", "--build", root, path);
  return path;
}

/** What another release changes in the package. */
export interface PackageChange {
  readonly version: string;
  /** A file below the root of the package. */
  readonly file: string;
  /** Returns the new text of the file. */
  change(text: string): string;
}

/** Makes a changed copy of a package in a folder. @returns its path, which is named by the version */
export async function changedPackage(
  deb: string,
  folder: string,
  { version, file, change }: PackageChange,
): Promise<string> {
  const root = join(folder, version);
  await must("dpkg-deb", "--raw-extract", deb, root);
  await edit(join(root, "DEBIAN/control"), (text) => text.replace(/^Version: .*/m, `Version: ${version}`));
  await edit(join(root, file), change);
  const [sum = ""] = (await must("md5sum", join(root, file))).split(" ");
  const withSum = (line: string) => line.endsWith(`  ${file}`) ? `${sum}  ${file}` : line;
  await edit(join(root, "DEBIAN/md5sums"), (text) => text.split("\n").map(withSum).join("\n"));
  await must("dpkg-deb", "--root-owner-group", "-Znone", "--build", root, `${root}.deb`);
  return `${root}.deb`;
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
}
