import { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";
import { sizeOf } from "./files.ts";
import { isDamage } from "./sqlite_error.ts";
import { runSql } from "./sqlite_steps.ts";

/**
 * The write-ahead log of a database whose writes never wait for the disk. SQLite would sync log and database in a write
 * that finds a long log, and a slow disk would delay everything else on the thread. Here the system syncs them on a thread
 * of its own while the database is used.
 *
 * A power cut can lose the writes since the last `sync`, but nothing that was synced, because of this order: the log is
 * on the disk before its content is moved into the database; the database is on the disk before the log is removed; and
 * the log never begins again within its file, which SQLite would have to sync.
 */
export class DatabaseLog {
  readonly #db: DatabaseSync;
  readonly #path: string;
  /** Open as long as the database: closing a descriptor of its file releases SQLite's locks on it. */
  readonly #file: Deno.FsFile;
  readonly #maxBytes: number;
  /** Length at the start, more than 0 if an earlier log stays. */
  readonly #firstBytes: number;
  #moveAtBytes: number;
  /** Whether the name of the log is on the disk. */
  #isNamed = false;
  /** Keeps what it reads in the log, so that the log does not begin again. */
  #reader: DatabaseSync | undefined;

  /**
   * @param db in WAL mode, just opened; `close` closes it
   * @param path of its file
   * @param maxBytes length at which the log is moved; it can become four times as long
   */
  constructor(db: DatabaseSync, path: string, maxBytes: number) {
    this.#db = db;
    this.#path = path;
    this.#maxBytes = maxBytes;
    runSql(db, "PRAGMA synchronous = NORMAL");
    // What an earlier process has left: it may have been moved already, so that this log would begin again
    if (this.bytes > 0) this.#truncate();
    // If another program reads the file, or the disk is full, the log stays, and SQLite syncs it
    if (this.bytes === 0) {
      runSql(db, "PRAGMA wal_autocheckpoint = 0");
      runSql(db, "PRAGMA synchronous = OFF");
    }
    this.#firstBytes = this.bytes;
    this.#moveAtBytes = this.#firstBytes + maxBytes;
    this.#file = Deno.openSync(path);
  }

  /** Length of the log. */
  get bytes(): number {
    return sizeOf(this.#logPath) ?? 0;
  }

  get #logPath(): string {
    return `${this.#path}-wal`;
  }

  /**
   * What to do after a write: `move`, or `close` if the log grows faster than the disk can move it, or if another program
   * has removed it.
   */
  get due(): "move" | "close" | undefined {
    const { bytes } = this;
    const isRemoved = bytes === 0 && sizeOf(this.#logPath) === undefined;
    if (isRemoved || bytes > this.#firstBytes + 4 * this.#maxBytes) return "close";
    return bytes > this.#moveAtBytes && this.#reader === undefined ? "move" : undefined;
  }

  /** Writes the log to the disk, without blocking. */
  async sync(): Promise<void> {
    try {
      await syncPath(this.#logPath);
      if (this.#isNamed) return;
      await syncPath(dirname(this.#path));
      this.#isNamed = true;
    } catch (error) {
      // The log was removed meanwhile: the database has its content
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /**
   * Moves the log into the database, without blocking.
   *
   * @param remove closes the database, which removes the log; not called if there are writes all the time: then the log
   * is moved again when it is longer
   */
  async move(remove: () => void): Promise<void> {
    for (let pass = 1; pass <= maxPasses; pass++) {
      const { bytes } = this;
      const reader = this.#read();
      this.#moveAtBytes = bytes + this.#maxBytes;
      try {
        await this.sync();
        if (this.#reader !== reader) return;
        // Moves what the reader reads, and no later writes
        runSql(this.#db, "PRAGMA wal_checkpoint(PASSIVE)");
        await this.#file.sync();
      } catch (error) {
        if (this.#reader !== reader) return;
        this.#endReading();
        throw error;
      }
      if (this.#reader !== reader) return;
      this.#endReading();
      if (this.bytes === bytes) return remove();
    }
  }

  /** Closes the database, and blocks until its log is moved. */
  close(): void {
    this.#endReading();
    try {
      runSql(this.#db, "PRAGMA synchronous = NORMAL");
    } catch {
      // A damaged database has nothing to move
    }
    this.#db.close();
    this.#file.close();
  }

  #truncate(): void {
    try {
      runSql(this.#db, "PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      if (isDamage(error)) throw error;
    }
  }

  #read(): DatabaseSync {
    const reader = new DatabaseSync(this.#path);
    runSql(reader, "BEGIN");
    runSql(reader, "SELECT count(*) FROM sqlite_schema");
    this.#reader = reader;
    return reader;
  }

  #endReading(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }
}

/** Each pass moves what was written during the one before it, so it is faster. */
const maxPasses = 5;

async function syncPath(path: string): Promise<void> {
  using file = await Deno.open(path);
  await file.sync();
}
