/** What an open database has on the disk: its log holds what was written last. */
const suffixes = ["", "-wal"] as const;

/**
 * The files of an open database. Their names can be removed, or given to other files, while it is in use: what is written
 * then is lost with the process.
 */
export class OpenFiles {
  readonly #path: string;
  readonly #ids = new Map<string, string>();
  #contents: string | undefined;

  /** @param path of a database that was just opened */
  constructor(path: string) {
    this.#path = path;
    this.#look();
    this.settle();
  }

  /** `removed`: a name is gone; `replaced`: it is another file's. */
  whereabouts(): "in_place" | "removed" | "replaced" {
    const found = suffixes.map((suffix) => ({ known: this.#ids.get(suffix), now: idOf(this.#path + suffix) }));
    if (found.some(({ known, now }) => known !== undefined && now !== undefined && now !== known)) return "replaced";
    if (found.some(({ known, now }) => known !== undefined && now === undefined)) return "removed";
    if (this.#ids.size < suffixes.length) this.#look();
    return "in_place";
  }

  /** Takes the database as it is now for what this process has written. */
  settle(): void {
    this.#contents = contentsOf(this.#path);
  }

  /** Whether another process has written to the database: a log takes all writes but those of a checkpoint. */
  wasTouched(): boolean {
    return contentsOf(this.#path) !== this.#contents;
  }

  /** Whether the file beside the database is the one that it was opened with. */
  isOwn(suffix: "-wal"): boolean {
    const known = this.#ids.get(suffix);
    return known !== undefined && idOf(this.#path + suffix) === known;
  }

  #look(): void {
    for (const suffix of suffixes) {
      const id = idOf(this.#path + suffix);
      if (id !== undefined) this.#ids.set(suffix, id);
    }
  }
}

/** Device and inode of a file; undefined where there is none. */
function idOf(path: string): string | undefined {
  return ofFile(path, ({ dev, ino }) => `${dev}:${ino}`);
}

function contentsOf(path: string): string | undefined {
  return ofFile(path, ({ size, mtime }) => `${size} ${mtime?.getTime()}`);
}

function ofFile(path: string, say: (info: Deno.FileInfo) => string): string | undefined {
  try {
    return say(Deno.statSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
