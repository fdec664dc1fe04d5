import { dirname } from "node:path";
import { infoOf, syncFile } from "../base/files.ts";
import { createPrivate } from "../base/private_files.ts";
import { moveDatabase, removeDatabase } from "../base/sqlite_files.ts";
import { openDatabase, type OpenedDatabase } from "./database.ts";
import { JournalError } from "./errors.ts";
import type { JournalFailpoint } from "./failpoints.ts";
import { createFolder } from "./folder_lock.ts";
import { fileId, openFileId } from "./open_files.ts";
import { asideName } from "./set_aside.ts";

/** Maximum number of attempts to open a copy that is removed repeatedly. */
const maxAttempts = 3;

/**
 * The complete copy of a removed database, `journal.db.new`. Its file stays open: until SQLite has opened it, its content
 * can still be read if its name is removed, too. Afterwards, a close would release the locks of SQLite, because POSIX
 * locks belong to the process and its file. Another process would then remove the log when it closes the database.
 */
export class RemovedCopy {
  readonly #path: string;
  #file: Deno.FsFile;

  /** @param path path of the database, beside which the copy is */
  constructor(path: string) {
    this.#path = path;
    this.#file = Deno.openSync(`${path}.new`);
  }

  /**
   * Puts the copy in the place of the database and opens it. SQLite creates a database that does not exist, so this
   * checks that it has opened the copy.
   *
   * @throws {Error} nothing is lost, and the call can be repeated
   */
  open(now: () => number, failpoint: JournalFailpoint | undefined): OpenedDatabase {
    const folder = dirname(this.#path);
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      if (!this.#isAt(this.#path)) this.#putInPlace(now());
      failpoint?.("journal.rewritten", this.#path);
      const opened = openDatabase(folder, now(), undefined);
      if (this.#isAt(this.#path)) return opened;
      opened.db.close();
    }
    throw new JournalError(
      "open_failed",
      `its file is removed repeatedly; end the program that removes files in ${folder}`,
    );
  }

  /** Closes the file; the connection to it must be closed before. */
  close(): void {
    this.#file.close();
  }

  #isAt(path: string): boolean {
    return fileId(path) === openFileId(this.#file);
  }

  #putInPlace(nowMs: number): void {
    const fresh = `${this.#path}.new`;
    createFolder(dirname(this.#path));
    if (!this.#isAt(fresh)) this.#writeAgain(fresh);
    if (infoOf(this.#path) !== undefined) {
      moveDatabase(this.#path, asideName(dirname(this.#path), "replaced", nowMs));
    }
    removeDatabase(this.#path);
    Deno.renameSync(fresh, this.#path);
    syncFile(dirname(this.#path));
  }

  #writeAgain(fresh: string): void {
    removeDatabase(fresh);
    createPrivate(fresh);
    using to = Deno.openSync(fresh, { write: true });
    this.#file.seekSync(0, Deno.SeekMode.Start);
    const part = new Uint8Array(65_536);
    for (let size = this.#file.readSync(part); size !== null; size = this.#file.readSync(part)) {
      for (let written = 0; written < size;) written += to.writeSync(part.subarray(written, size));
    }
    to.syncSync();
    const copy = Deno.openSync(fresh);
    this.#file.close();
    this.#file = copy;
  }
}
