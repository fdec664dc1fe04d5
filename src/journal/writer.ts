import { DatabaseSync } from "node:sqlite";
import { errorText } from "../base/log.ts";
import { DamageError } from "../base/sqlite_error.ts";
import { recordCleanShutdown } from "./clean_shutdown.ts";
import { findingsOf } from "./damage.ts";
import { DeliveryReader } from "./delivery_reader.ts";
import { damagedRemedy, JournalError } from "./errors.ts";
import type { JournalFailpoint } from "./failpoints.ts";
import type { FolderLock } from "./folder_lock.ts";
import type { OpenFiles } from "./open_files.ts";
import { closeReplaced, copyRemoved, copyReplaced } from "./removed_files.ts";
import type { DamagedJournal } from "./rebuild.ts";
import type { RemovedCopy } from "./removed_copy.ts";

/** State of the connection that writes a journal. */
export interface WriterState {
  /** How often the file was removed and was written again; readers must then reopen it. */
  readonly reopened: number;
  /** The damage that SQLite reported; nothing is written to a damaged journal. */
  readonly damage: string | undefined;
  /** Whether the last write failed. */
  readonly failing: boolean;
}

/** The connection that writes a journal. Each write is one transaction, in the file that the next process will open. */
export abstract class JournalWriter extends DeliveryReader {
  /** Set if the journal was damaged and was replaced. */
  readonly damaged: DamagedJournal | undefined;
  /** New path of a write-ahead log that was found with an invalid header. */
  readonly invalidLog: string | undefined;
  readonly #lock: FolderLock;
  readonly #now: () => number;
  readonly #failpoint: JournalFailpoint | undefined;
  #files: OpenFiles;
  /** The copy of the removed database, until it is open. */
  #copy: RemovedCopy | undefined;
  /** The copy that is open as the database. */
  #openCopy: RemovedCopy | undefined;
  #copyPath: string | undefined;
  #failure: JournalError | undefined;
  #reopened = 0;
  #closed = false;

  constructor(
    db: DatabaseSync,
    path: string,
    parts: {
      readonly files: OpenFiles;
      readonly lock: FolderLock;
      readonly damaged: DamagedJournal | undefined;
      readonly invalidLog: string | undefined;
      readonly now: () => number;
      readonly failpoint: JournalFailpoint | undefined;
    },
  ) {
    super(db, path);
    this.#files = parts.files;
    this.#now = parts.now;
    this.#lock = parts.lock;
    this.#failpoint = parts.failpoint;
    this.damaged = parts.damaged;
    this.invalidLog = parts.invalidLog;
  }

  /** Why the last write failed; undefined: it succeeded. */
  get failure(): JournalError | undefined {
    return this.#failure;
  }

  /** State of the connection. */
  get state(): WriterState {
    return { reopened: this.#reopened, damage: this.damage, failing: this.#failure !== undefined };
  }

  /**
   * Checks that the next process will find what was written: the database is intact, and its file is still under its
   * path. Writes the database again if its file was removed.
   */
  check(): void {
    this.#guard("check the journal", () => this.#ensureInPlace());
  }

  /**
   * Closes the database and releases the folder.
   *
   * @param trusted false: the next start checks the database as after a crash
   */
  override close(trusted = true): void {
    if (this.#closed) return;
    try {
      this.#ensureInPlace();
    } catch (error) {
      // No caller is left for a report; the next start detects the problem
      this.noteDamage(error);
    }
    this.#closed = true;
    const isClean = trusted && this.db.isOpen && this.#copyPath === undefined && this.damage === undefined;
    if (this.db.isOpen && this.#copyPath !== undefined) closeReplaced(this.db, this.path);
    super.close();
    this.#openCopy?.close();
    if (isClean) recordCleanShutdown(this.path);
    this.#lock.release();
  }

  /** Wall clock in milliseconds. */
  protected now(): number {
    return this.#now();
  }

  /** Runs `work` as one transaction of the database. Its changes are on the disk when this returns. */
  protected write<T>(doing: string, work: () => T): T {
    return this.#guard(doing, () => {
      this.#ensureInPlace();
      this.db.exec("BEGIN IMMEDIATE");
      const result = work();
      this.#failpoint?.("journal.before_commit", doing);
      this.db.exec("COMMIT");
      this.#files.rememberContents();
      this.#failpoint?.("journal.after_commit", doing);
      // The caller relies on the write as soon as this returns
      this.#ensureInPlace();
      this.#failure = undefined;
      return result;
    });
  }

  #guard<T>(doing: string, work: () => T): T {
    try {
      if (this.damage !== undefined) throw new Error(this.damage);
      return work();
    } catch (error) {
      this.#rollBack();
      this.noteDamage(error);
      const message = `Cannot ${doing} in ${this.path}; ${this.#advice(error)}`;
      this.#failure = new JournalError("write_failed", message, { cause: error });
      throw this.#failure;
    }
  }

  #advice(error: unknown): string {
    if (this.damage !== undefined) {
      return `it is damaged: ${damagedRemedy}`;
    }
    const isExplained = error instanceof JournalError || this.#copyPath !== undefined;
    return isExplained ? errorText(error) : "free space there or correct its permissions";
  }

  /** Must not be called within a transaction. */
  #ensureInPlace(): void {
    if (this.#closed) return;
    // An attempt that failed after it had closed the connection has left the copy
    const found = this.#copy === undefined ? this.#files.locate() : "removed";
    if (found === "replaced") {
      this.#copyPath ??= copyReplaced(this.db, this.path, this.#files, this.#now());
      throw new Error(
        `another file has replaced it; a copy of the journal is ${this.#copyPath}: put the right file in its place and ` +
          "restart the service",
      );
    }
    this.#copyPath = undefined;
    if (found === "removed") this.#rewriteRemoved();
    else if (this.#files.wasWrittenByOthers()) this.#examine();
    this.#lock.keep();
  }

  /** Checks the database through a new connection: the open one may still have old pages in its cache. */
  #examine(): void {
    const db = new DatabaseSync(this.path, { readOnly: true });
    try {
      const findings = findingsOf(db, "quick");
      if (findings !== undefined) throw new DamageError(findings);
      this.#files.rememberContents();
    } finally {
      db.close();
    }
  }

  #rewriteRemoved(): void {
    this.#copy ??= copyRemoved(this.db, this.path, this.#files, this.#now());
    this.#openCopy?.close();
    this.#openCopy = undefined;
    const { db, files } = this.#copy.open(this.#now, this.#failpoint);
    this.#openCopy = this.#copy;
    this.#copy = undefined;
    this.useDatabase(db);
    this.#files = files;
    this.#reopened++;
  }

  #rollBack(): void {
    try {
      if (this.db.isOpen && this.db.isTransaction) this.db.exec("ROLLBACK");
    } catch {
      // SQLite rolls back an incomplete transaction when the database is opened again
    }
  }
}
