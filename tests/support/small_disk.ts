import { statfsSync } from "node:fs";
import { join } from "node:path";
import { pause } from "./pause.ts";

/** Why no small disk is available; undefined: it is. Mounting needs root or a user namespace. */
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

/** A test with a small disk. Without one it is ignored, and its name says why. */
export function smallDiskTest(name: string, sizeKb: number, run: (disk: SmallDisk) => void | Promise<void>): void {
  const refusal = smallDiskRefusal();
  if (refusal !== undefined) return Deno.test({ name: `${name} (${refusal})`, ignore: true, fn() {} });
  Deno.test(name, async () => {
    using disk = new SmallDisk(sizeKb);
    await run(disk);
  });
}

/** A separate disk that is so small that a test can fill it. */
export class SmallDisk {
  readonly path: string = Deno.makeTempDirSync({ prefix: "wattseal-disk-" });

  /** @throws {Error} `smallDiskRefusal` returns the reason */
  constructor(sizeKb: number) {
    const problem = run("mount", "-t", "tmpfs", "-o", `size=${sizeKb}k`, "tmpfs", this.path);
    if (problem !== undefined) throw new Error(problem);
  }

  /** Fills the disk, or leaves `leave` bytes free. */
  fill(leaveKb = 0): void {
    this.#waitUntilRemoved();
    using file = Deno.openSync(this.#ballast, { create: true, append: true });
    for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
      const bytes = new Uint8Array(size);
      try {
        while (file.writeSync(bytes) > 0);
      } catch {
        // No room for this much: less may fit
      }
    }
    file.truncateSync(file.statSync().size - leaveKb * 1024);
  }

  /** Frees the bytes of `fill`. */
  free(): void {
    // Removing alone may not be enough: a child process of another test can have a copy of the descriptor
    Deno.truncateSync(this.#ballast, 0);
    Deno.removeSync(this.#ballast);
  }

  /**
   * Resolves when the space of removed files is free: a system call on another thread may still use one, and while another
   * test starts a child process, that process has a copy of their descriptors for a moment.
   */
  async removed(): Promise<void> {
    for (let attempt = 0; attempt < 1000 && this.#usedBytes > this.#namedBytes; attempt++) await pause(5);
  }

  /** The same for work that leaves no system call behind. */
  #waitUntilRemoved(): void {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let attempt = 0; attempt < 1000 && this.#usedBytes > this.#namedBytes; attempt++) Atomics.wait(pause, 0, 0, 5);
  }

  get #usedBytes(): number {
    const { blocks, bfree, bsize } = statfsSync(this.path);
    return (blocks - bfree) * bsize;
  }

  get #namedBytes(): number {
    const files = [...Deno.readDirSync(this.path)].filter(({ isFile }) => isFile);
    return files.reduce((sum, { name }) => sum + (Deno.statSync(join(this.path, name)).blocks ?? 0) * 512, 0);
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

/** @returns the error output of the command */
function run(command: string, ...args: string[]): string | undefined {
  try {
    const { success, stderr } = new Deno.Command(command, { args }).outputSync();
    return success ? undefined : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    return String(error);
  }
}
