import { DatabaseSync } from "node:sqlite";
import { DatabaseLog } from "../base/database_log.ts";
import { makePrivate } from "../base/private_files.ts";
import { pragmaNumber, runSql } from "../base/sqlite_steps.ts";
import { prepareSpool } from "./spool_schema.ts";

/** A connection to the database. */
interface Connection {
  readonly db: DatabaseSync;
  /** Undefined: the database is in memory. */
  readonly log: DatabaseLog | undefined;
  readonly isNew: boolean;
}

/** Dependencies of the database of a spool. */
export interface SpoolDatabaseOptions {
  /** Undefined: in memory. */
  readonly path: string | undefined;
  /** Called when the database was empty. */
  readonly onCreated: () => void;
  /** Called after the log was moved to the disk, or with the reason why it cannot be moved; it is moved later. */
  readonly onMoved: (failure?: unknown) => void;
}

/**
 * The database of a spool. A write does not wait for the disk, so a power cut can lose the readings of the last moments.
 * A long log is moved into the database and removed. For that the database is closed; the next use opens it again.
 */
export class SpoolDatabase {
  readonly #options: SpoolDatabaseOptions;
  #connection: Connection | undefined;
  #moving: Promise<void> | undefined;

  /** @throws errors of SQLite: the database cannot be opened */
  constructor(options: SpoolDatabaseOptions) {
    this.#options = options;
    this.#connection = connected(options.path);
  }

  /** The open database. Do not keep it. @throws errors of SQLite */
  get db(): DatabaseSync {
    if (this.#connection === undefined) {
      this.#connection = connected(this.#options.path);
      if (this.#connection.isNew) this.#options.onCreated();
    }
    return this.#connection.db;
  }

  /** Ends when the log is moved; a write makes that longer. Never rejects. Undefined: the log is not being moved. */
  get moving(): Promise<void> | undefined {
    return this.#moving;
  }

  /** Call it after a write: moves a long log. */
  tidy(): void {
    const due = this.#connection?.log?.due;
    if (due === "close") this.close();
    else if (due === "move") this.#move();
  }

  /** Removes free pages. They leave the file when the log is moved, which begins now. */
  shrink(): void {
    runSql(this.db, "VACUUM");
    if (this.#moving === undefined) this.#move();
  }

  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#moving = undefined;
    if (connection !== undefined) closeConnection(connection);
  }

  #move(): void {
    const log = this.#connection?.log;
    if (log === undefined) return;
    const moving = this.#moved(log).finally(() => {
      if (this.#moving === moving) this.#moving = undefined;
    });
    this.#moving = moving;
  }

  async #moved(log: DatabaseLog): Promise<void> {
    try {
      await log.move(() => this.close());
    } catch (error) {
      return this.#options.onMoved(error);
    }
    this.#options.onMoved();
  }
}

function connected(path: string | undefined): Connection {
  const db = new DatabaseSync(path ?? ":memory:");
  let log: DatabaseLog | undefined;
  try {
    runSql(db, "PRAGMA journal_mode = WAL");
    if (path !== undefined) { for (const suffix of ["", "-wal", "-shm"]) makePrivate(path + suffix); }
    // If SQLite must sync the log
    runSql(db, `PRAGMA wal_autocheckpoint = ${Math.floor(maxLogBytes / pragmaNumber(db, "page_size"))}`);
    log = path === undefined ? undefined : new DatabaseLog(db, path, movedLogBytes);
    return { db, log, isNew: prepareSpool(db) };
  } catch (error) {
    closeConnection({ db, log });
    throw error;
  }
}

function closeConnection({ db, log }: Pick<Connection, "db" | "log">): void {
  if (log === undefined) db.close();
  else log.close();
}

/** 1 MB: the log at its longest. */
const maxLogBytes = 1_048_576;
/** Length at which the log is moved: it can become four times as long. */
const movedLogBytes = maxLogBytes / 4;
/** The log at its longest, and one that was removed while the system writes it to the disk. */
export const logRoomBytes = 2 * maxLogBytes;
