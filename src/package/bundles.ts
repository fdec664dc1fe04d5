import { join } from "node:path";
import type { BundledPackage } from "../bundle/mod.ts";
import type { Commit } from "./commit.ts";
import type { Component } from "./components.ts";
import { runTool } from "./run_tool.ts";

/** The program that bundles the pages of its checkout. */
const bundler = "src/bundle/main.ts";

/**
 * Bundles the pages of a checkout with its own bundler and its own packages: another commit can need others.
 *
 * @param folder receives the bundles
 * @returns the packages with code in the bundles; a commit without pages has none
 * @throws {ToolError} the pages cannot be bundled
 */
export async function installBundles(
  { project, commit, work }: { readonly project: string; readonly commit: Commit; readonly work: string },
  folder: string,
): Promise<Component[]> {
  if (!commit.files.includes(bundler)) return [];
  const out = join(work, "bundles");
  await runTool(Deno.execPath(), ["run", "--quiet", "--allow-all", bundler, out], {
    cwd: project,
    env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  });
  const list = join(out, "packages.json");
  const packages: BundledPackage[] = JSON.parse(await Deno.readTextFile(list));
  await Deno.remove(list);
  await Deno.rename(out, folder);
  return packages.map((each) => ({ ...each, folder: "app/page", dependencies: [] }));
}
