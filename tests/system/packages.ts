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
