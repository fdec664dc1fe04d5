/** A symbolic link to a device that can disappear and return, like those of udev. */
export class StableLink {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Points the link to `target`, atomically. @throws {Error} the path is not a link */
  point(target: string): void {
    this.#check();
    const fresh = `${this.path}.${crypto.randomUUID()}`;
    Deno.symlinkSync(target, fresh);
    Deno.renameSync(fresh, this.path);
  }

  /** Removes the link. */
  remove(): void {
    if (this.#check()) Deno.removeSync(this.path);
  }

  #check(): boolean {
    try {
      if (Deno.lstatSync(this.path).isSymlink) return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
    throw new Error(`Cannot link ${this.path} to a simulated line: the file exists; choose another path`);
  }
}
