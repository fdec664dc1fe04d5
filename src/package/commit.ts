import { join } from "node:path";
import { runTool } from "./run_tool.ts";

/** The state of the checkout that a package is built from. */
export interface Commit {
  /** The full id; with the suffix `-changed` if files differ from it. */
  readonly id: string;
  /** The time of the commit, seconds since 1970. */
  readonly epoch: number;
  /** All files of the checkout that git tracks, relative to its root. */
  readonly files: readonly string[];
}

/** Reads the state of a checkout. @throws {ToolError} the folder is not a checkout, or git is not installed */
export async function readCommit(root: string): Promise<Commit> {
  const git = (...args: string[]) =>
    runTool("git", ["-c", `safe.directory=${root.replace(/\/$/, "")}`, ...args], { cwd: root });
  const [id = "", epoch = ""] = (await git("log", "-1", "--format=%H %ct")).trim().split(" ");
  const changes = (await git("status", "--porcelain", "--untracked-files=no")).trim();
  const listed = (await git("ls-files", "-z")).split("\0").filter((file) => file !== "");
  const files: string[] = [];
  for (const file of listed.toSorted()) if (await exists(join(root, file))) files.push(file);
  return { id: changes === "" ? id : `${id}-changed`, epoch: Number(epoch), files };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
