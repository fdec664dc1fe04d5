import { join } from "node:path";

/** The last commit before the product was a package: the release that a station can be rolled back to. */
export const previousCommit = "ff1ac981da60088871a9dbcc95c0b597ea9bd4da";

const root = join(import.meta.dirname ?? ".", "..", "..");

/** Whether this clone contains the commit of the previous release; a shallow clone does not. */
export function hasPreviousRelease(): boolean {
  return git("cat-file", "-e", `${previousCommit}^{commit}`).success;
}

/** Writes all sources of the previous release into an existing folder. */
export function writePreviousRelease(folder: string): void {
  const archive = join(folder, "release.tar");
  const packed = git("archive", "--output", archive, previousCommit);
  const unpacked = run("tar", ["-xf", archive, "-C", folder]);
  for (const { success, stderr } of [packed, unpacked]) {
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
  Deno.removeSync(archive);
}

function git(...args: string[]): Deno.CommandOutput {
  return run("git", ["-C", root, ...args]);
}

function run(command: string, args: string[]): Deno.CommandOutput {
  return new Deno.Command(command, { args, stdin: "null" }).outputSync();
}
