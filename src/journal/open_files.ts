import { infoOf } from "../base/files.ts";

/** The files of an open database; the write-ahead log contains the last writes. */
const suffixes = ["", "-wal"] as const;

/**
 * Watches the files of an open database. Somebody can remove or replace them while the database is in use; data that is
 * written after that is lost when the process ends.
 */
export class OpenFiles {
  readonly #path: string;
  readonly #ids = new Map<string, string>();
  #contents: string | undefined;

  /** @param path path of a database that was just opened */
  constructor(path: string) {
    this.#path = path;
    this.#rememberIds();
    this.rememberContents();
  }

  /** `removed`: a file no longer exists; `replaced`: there is another file under its name. */
  locate(): "in_place" | "removed" | "replaced" {
    const found = suffixes.map((suffix) => ({ known: this.#ids.get(suffix), now: idOf(this.#path + suffix) }));
    if (found.some(({ known, now }) => known !== undefined && now !== undefined && now !== known)) return "replaced";
    if (found.some(({ known, now }) => known !== undefined && now === undefined)) return "removed";
    if (this.#ids.size < suffixes.length) this.#rememberIds();
    return "in_place";
  }

  /** Remembers the present size and time of the database as the result of our own writes. */
  rememberContents(): void {
    this.#contents = contentsOf(this.#path);
  }

  /**
   * Whether another process has written to the database. Our own writes go to the log, except those of a checkpoint.
   */
  wasWrittenByOthers(): boolean {
    return contentsOf(this.#path) !== this.#contents;
  }

  /** Whether the file beside the database is still the one from when it was opened. */
  isOwn(suffix: "-wal"): boolean {
    const known = this.#ids.get(suffix);
    return known !== undefined && idOf(this.#path + suffix) === known;
  }

  #rememberIds(): void {
    for (const suffix of suffixes) {
      const id = idOf(this.#path + suffix);
      if (id !== undefined) this.#ids.set(suffix, id);
    }
  }
}

/** Device and inode of a file; undefined: it does not exist. */
function idOf(path: string): string | undefined {
  const info = infoOf(path);
  return info && `${info.dev}:${info.ino}`;
}

function contentsOf(path: string): string | undefined {
  const info = infoOf(path);
  return info && `${info.size} ${info.mtime?.getTime()}`;
}
