import { existsSync } from "node:fs";

/**
 * What a power cut leaves of a database and its log: only what was synced. A removed log is gone at once, and unsynced
 * pages of the database may be on the disk or not.
 */
export class PowerCut implements Disposable {
  readonly #path: string;
  readonly #open = Deno.open;
  readonly #openSync = Deno.openSync;
  #database: Uint8Array;
  /** By inode, the logs as they were synced. */
  readonly #logs = new Map<number | null, Uint8Array>();
  /** Called when a log is on the disk, with what was written when this began. */
  onSynced: () => () => void = () => () => {};

  /** @param path of a database without a log that is open nowhere */
  constructor(path: string) {
    this.#path = path;
    this.#database = Deno.readFileSync(path);
    Deno.open = async (name, options) => this.#watched(await this.#open(name, options), name);
    Deno.openSync = (name, options) => this.#watched(this.#openSync(name, options), name);
  }

  /** SQLite has closed the database, and has synced it. */
  closed(): void {
    this.#database = Deno.readFileSync(this.#path);
  }

  /** Writes what is left to a path: with the database as it was synced, as it is now, and with pages of both. */
  *leftovers(to: string): Generator<void> {
    const now = Deno.readFileSync(this.#path);
    for (const database of [this.#database, now, pagesOf(this.#database, now), pagesOf(now, this.#database)]) {
      for (const suffix of ["-wal", "-shm"]) if (existsSync(to + suffix)) Deno.removeSync(to + suffix);
      Deno.writeFileSync(to, database);
      const log = existsSync(this.#logPath) ? this.#logs.get(Deno.statSync(this.#logPath).ino) : undefined;
      if (log !== undefined) Deno.writeFileSync(`${to}-wal`, log);
      yield;
    }
  }

  get #logPath(): string {
    return `${this.#path}-wal`;
  }

  #watched(file: Deno.FsFile, name: string | URL): Deno.FsFile {
    const sync = file.sync.bind(file);
    file.sync = async () => {
      const isWatched = name === this.#path || name === this.#logPath;
      // A log that was removed since it was opened
      if (!isWatched || !existsSync(name) || Deno.statSync(name).ino !== file.statSync().ino) return await sync();
      const content = Deno.readFileSync(name);
      const done = this.onSynced();
      const { ino } = file.statSync();
      const before = this.#database;
      await sync();
      if (name === this.#logPath) {
        // A log only grows
        if (content.length > (this.#logs.get(ino)?.length ?? 0)) this.#logs.set(ino, content);
        done();
      } else if (before === this.#database) this.#database = content;
    };
    return file;
  }

  [Symbol.dispose](): void {
    Deno.open = this.#open;
    Deno.openSync = this.#openSync;
  }
}

/** The first database with every other page of the second one. */
function pagesOf(first: Uint8Array, second: Uint8Array): Uint8Array {
  const pages = new Uint8Array(first);
  for (let at = pageBytes; at + pageBytes <= Math.min(first.length, second.length); at += 2 * pageBytes) {
    pages.set(second.subarray(at, at + pageBytes), at);
  }
  return pages;
}

const pageBytes = 4_096;
