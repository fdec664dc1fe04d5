/** A symbolic link to a device that comes and goes, as udev makes them. */
export class StableLink {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Lets the link point to `target`, in one step. @throws {Error} when something else than a link is there */
  point(target: string): void {
    this.#check();
    const fresh = `${this.path}.${crypto.randomUUID()}`;
    Deno.symlinkSync(target, fresh);
    Deno.renameSync(fresh, this.path);
  }

  /** Takes the link away. */
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
    throw new Error(`Cannot link ${this.path} to a simulated line: a file is there; choose another path`);
  }
}
