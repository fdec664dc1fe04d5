import { lutimesSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** A file, a folder or a symbolic link below a folder. */
export interface TreeEntry {
  /** Relative to the folder. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
}

/** Lists everything below a folder, sorted by path. */
export async function listTree(root: string, below = root): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  for (const { name, isDirectory, isSymlink } of await Array.fromAsync(Deno.readDir(below))) {
    const path = join(below, name);
    entries.push({ path: relative(root, path), kind: isSymlink ? "link" : isDirectory ? "folder" : "file" });
    if (isDirectory) entries.push(...await listTree(root, path));
  }
  return entries.toSorted((one, other) => one.path < other.path ? -1 : 1);
}

/** Writes a file and creates its folders. */
export async function writeFile(path: string, content: string | Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await (typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content));
}

/** Copies a file and creates its folders. */
export async function copyFile(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

/**
 * Gives all below a folder, and the folder, modes and times that do not depend on the machine.
 *
 * @param isExecutable whether a file is a program
 */
export async function normaliseTree(
  root: string,
  epoch: number,
  isExecutable: (path: string) => boolean,
): Promise<void> {
  const entries = await listTree(root);
  for (const { path, kind } of [...entries, { path: "", kind: "folder" }]) {
    const full = join(root, path);
    if (kind !== "link") await Deno.chmod(full, kind === "folder" || isExecutable(path) ? 0o755 : 0o644);
  }
  // The deepest ones first: a later change would set the time of their folder.
  for (const { path } of [...entries.toReversed(), { path: "" }]) lutimesSync(join(root, path), epoch, epoch);
}
