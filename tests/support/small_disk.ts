import { join } from "node:path";

/** Why no small disk can be had here; undefined where one can. Mounting takes root, or a user namespace of one's own. */
export function smallDiskRefusal(): string | undefined {
  if (Deno.build.os !== "linux") return "tmpfs is there on Linux only";
  const folder = Deno.makeTempDirSync({ prefix: "wattseal-disk-" });
  try {
    const problem = run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder);
    if (problem === undefined) run("umount", folder);
    return problem;
  } finally {
    Deno.removeSync(folder);
  }
}

/** A disk of its own, so small that a test can fill it. */
export class SmallDisk {
  readonly path: string = Deno.makeTempDirSync({ prefix: "wattseal-disk-" });

  /** @throws {Error} where `smallDiskRefusal` tells why */
  constructor(sizeKb: number) {
    const problem = run("mount", "-t", "tmpfs", "-o", `size=${sizeKb}k`, "tmpfs", this.path);
    if (problem !== undefined) throw new Error(problem);
  }

  /** Takes the last free byte, or leaves so many free. */
  fill(leaveKb = 0): void {
    using file = Deno.openSync(this.#ballast, { create: true, append: true });
    for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
      const bytes = new Uint8Array(size);
      try {
        while (file.writeSync(bytes) > 0);
      } catch {
        // No room for so much: less may fit
      }
    }
    file.truncateSync(file.statSync().size - leaveKb * 1024);
  }

  /** Gives back what `fill` took. */
  free(): void {
    // Removing alone may not do: a child that another test is starting can have a copy of the descriptor
    Deno.truncateSync(this.#ballast, 0);
    Deno.removeSync(this.#ballast);
  }

  [Symbol.dispose](): void {
    const problem = run("umount", this.path) === undefined ? undefined : run("umount", "-l", this.path);
    if (problem !== undefined) throw new Error(problem);
    Deno.removeSync(this.path);
  }

  get #ballast(): string {
    return join(this.path, "ballast");
  }
}

/** @returns what the command complained of */
function run(command: string, ...args: string[]): string | undefined {
  try {
    const { success, stderr } = new Deno.Command(command, { args }).outputSync();
    return success ? undefined : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    return String(error);
  }
}
