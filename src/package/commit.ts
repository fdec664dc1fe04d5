import { join } from "node:path";
import { releasedAtMs } from "../base/version.ts";
import { listTree } from "./file_tree.ts";
import { runTool, ToolError } from "./run_tool.ts";

/** The state of the sources that a package is built from. */
export interface Commit {
  /** The full id; with the suffix `-changed` if files differ from it; `unknown` for sources without a repository. */
  readonly id: string;
  /** The time of the commit, or the day of the release; seconds since 1970. */
  readonly epoch: number;
  /** All files that git tracks, relative to the root. */
  readonly files: readonly string[];
}

/** Reads the state of a checkout, or of sources that were unpacked from an archive. */
export async function readCommit(root: string): Promise<Commit> {
  const settings = ["-c", `safe.directory=${root.replace(/\/$/, "")}`];
  const git = (...args: string[]) => runTool("git", [...settings, ...args], { cwd: root });
  try {
    const [id = "", epoch = ""] = (await git("log", "-1", "--format=%H %ct")).trim().split(" ");
    const changes = (await git("status", "--porcelain", "--untracked-files=no")).trim();
    const listed = (await git("ls-files", "-z")).split("\0").filter((file) => file !== "");
    const files: string[] = [];
    for (const file of listed.toSorted()) if (await exists(join(root, file))) files.push(file);
    return { id: changes === "" ? id : `${id}-changed`, epoch: Number(epoch), files };
  } catch (error) {
    if (!(error instanceof ToolError) || await exists(join(root, ".git"))) throw error;
    const entries = await listTree(root);
    const files = entries.filter(({ kind }) => kind === "file").map(({ path }) => path);
    return { id: "unknown", epoch: Math.floor(releasedAtMs / 1000), files };
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
