import { infoOf, sizeOf } from "../base/files.ts";

/**
 * Watches the files of an open database: the database and its write-ahead log, which contains the last writes. Somebody
 * can remove or replace them while the database is in use; data that is written after that is lost when the process
 * ends.
 */
export class OpenFiles {
  readonly #path: string;
  readonly #databaseId: string;
  readonly #hasLog: boolean;
  readonly #logId: string | undefined;
  #contents: string | undefined;

  /**
   * @param path path of a database that was just opened
   * @param databaseId identity of the file that was opened, as `fileId` has returned it
   * @param hasLog whether SQLite has created a log for it
   */
  constructor(path: string, { databaseId, hasLog }: { readonly databaseId: string; readonly hasLog: boolean }) {
    this.#path = path;
    this.#databaseId = databaseId;
    this.#hasLog = hasLog;
    this.#logId = fileId(this.#log);
    this.rememberContents();
  }

  /**
   * `removed`: a file no longer exists; `replaced`: there is another file under its name. An empty log in the place of
   * a removed one counts as `removed`: another process that began to read the database has created it.
   */
  locate(): "in_place" | "removed" | "replaced" {
    const databaseId = fileId(this.#path);
    if (databaseId === undefined) return "removed";
    if (databaseId !== this.#databaseId) return "replaced";
    if (!this.#hasLog || this.isLogOwn()) return "in_place";
    return (sizeOf(this.#log) ?? 0) === 0 ? "removed" : "replaced";
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

  /** Whether the log beside the database is still the one from when it was opened. */
  isLogOwn(): boolean {
    return this.#logId !== undefined && fileId(this.#log) === this.#logId;
  }

  get #log(): string {
    return `${this.#path}-wal`;
  }
}

/** Device and inode, which identify a file under any name; undefined: it does not exist. */
export function fileId(path: string): string | undefined {
  const info = infoOf(path);
  return info && idIn(info);
}

/** Identity of an open file, also after its name was removed. */
export function openFileId(file: Deno.FsFile): string {
  return idIn(file.statSync());
}

function idIn({ dev, ino }: Deno.FileInfo): string {
  return `${dev}:${ino}`;
}

function contentsOf(path: string): string | undefined {
  const info = infoOf(path);
  return info && `${info.size} ${info.mtime?.getTime()}`;
}
