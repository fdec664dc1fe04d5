import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { DatabaseLog } from "../base/database_log.ts";
import { databaseRoom } from "../base/database_room.ts";
import { makePrivate } from "../base/private_files.ts";
import { DamageError } from "../base/sqlite_error.ts";
import { inOneStep, metersIn, pragmaNumber, runSql, usedPages } from "../base/sqlite_steps.ts";
import type { AccumulatorState } from "./accumulator.ts";
import type { Cut } from "./cut.ts";
import { afterChange, type RevisedInterval } from "./publication.ts";
import type { Slot } from "./slot.ts";

/** An interval that waits until it is published. */
export interface WaitingInterval {
  /** Its number in the file. */
  readonly seq: number;
  /** The meter's token in subjects. */
  readonly meter: string;
  /** Distance of two boundaries in milliseconds. */
  readonly lengthMs: number;
  readonly interval: RevisedInterval;
}

/** The state of a meter in the file. */
export interface StoredState extends AccumulatorState {
  /** Distance of two boundaries in milliseconds. */
  readonly lengthMs: number;
}

/** What changed since a state was written. */
export interface StateChange extends Pick<AccumulatorState, "origin" | "revision"> {
  readonly meter: string;
  /** Distance of two boundaries in milliseconds. */
  readonly lengthMs: number;
  /** New and changed slots. */
  readonly slots: readonly Slot[];
  /** Slots and published intervals before this wall-clock time are not needed; undefined: all slots are replaced. */
  readonly neededFromMs: number | undefined;
  /** Intervals to publish. */
  readonly intervals: readonly RevisedInterval[];
}

/** There is no room for intervals. */
export class NoRoomError extends Error {
  override readonly name = "NoRoomError";
  readonly code = "no_room";

  constructor() {
    super("the rest of the disk is reserved for the journal");
  }
}

/** The database of intervals. Every method may throw an error of SQLite; then it has changed nothing. */
export class IntervalFile {
  /** Undefined: the database is in memory. A power cut can lose what was not synced; the meter has its energy. */
  readonly log: DatabaseLog | undefined;
  readonly #db: DatabaseSync;
  readonly #path: string | undefined;
  readonly #maxBytes: number;
  /** By meter, from when on its published intervals are needed. Earlier ones are deleted. */
  readonly #publishedFromMs = new Map<string, number>();

  /**
   * @param path undefined: in memory
   * @param maxBytes the most bytes of its pages; the write-ahead log needs up to 4 MB more
   */
  constructor(path: string | undefined, maxBytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#db = new DatabaseSync(path ?? ":memory:");
    try {
      // So that the file shrinks in small steps after an outage; only possible before the file has tables
      if (pragmaNumber(this.#db, "page_count") === 0) runSql(this.#db, "PRAGMA auto_vacuum = INCREMENTAL");
      runSql(this.#db, "PRAGMA journal_mode = WAL");
      if (path !== undefined) { for (const suffix of ["", "-wal", "-shm"]) makePrivate(path + suffix); }
      this.log = path === undefined ? undefined : new DatabaseLog(this.#db, path, logBytes);
      this.#prepare();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The state of a meter; undefined: there is none. */
  state(meter: string): StoredState | undefined {
    const row = this.#db.prepare("SELECT * FROM meters WHERE meter = ?").get(meter);
    if (row === undefined) return undefined;
    const lengthMs = Number(row["length_ms"]);
    const slots = this.#db.prepare("SELECT slot FROM slots WHERE meter = ? ORDER BY start_ms").all(meter);
    const origin = row["origin"] === null ? undefined : parsed<Cut>(row["origin"]);
    const intervals = this.#db.prepare(
      "SELECT interval FROM intervals WHERE meter = ? AND start_ms >= ? AND length_ms = ? ORDER BY seq",
    ).all(meter, origin?.atMs ?? 0, lengthMs);
    return {
      lengthMs,
      origin,
      revision: Number(row["revision"]),
      slots: slots.map(({ slot }) => parsed<Slot>(slot)),
      published: afterAll(intervals.map(({ interval }) => parsed<RevisedInterval>(interval))),
    };
  }

  /**
   * Writes a change of the state of a meter, in one step. If there is no room, it drops intervals of all meters that
   * wait, the oldest ones first.
   *
   * @returns how many it dropped
   * @throws {NoRoomError} there is no room even without them: the journal needs the rest of the disk
   */
  save({ meter, lengthMs, origin, revision, slots, neededFromMs, intervals }: StateChange): number {
    const slotsFromMs = neededFromMs ?? Number.MAX_SAFE_INTEGER;
    const publishedFromMs = neededFromMs === undefined ? slotsFromMs : origin?.atMs ?? 0;
    const slotTexts = slots.map((each) => ({ startMs: each.startMs, text: JSON.stringify(each) }));
    const intervalTexts = intervals.map((each) => ({ startMs: each.startMs, text: JSON.stringify(each) }));
    const dropped = inOneStep(this.#db, () => {
      // An equal row is not written again: that would cost two more pages each minute
      this.#db.prepare(
        "INSERT INTO meters (meter, length_ms, origin, revision) VALUES (?, ?, ?, ?) ON CONFLICT (meter) DO UPDATE " +
          "SET length_ms = excluded.length_ms, origin = excluded.origin, revision = excluded.revision " +
          "WHERE length_ms <> excluded.length_ms OR origin IS NOT excluded.origin OR revision <> excluded.revision",
      ).run(meter, lengthMs, origin === undefined ? null : JSON.stringify(origin), revision);
      this.#db.prepare("DELETE FROM slots WHERE meter = ? AND start_ms < ?").run(meter, slotsFromMs);
      if (publishedFromMs !== this.#publishedFromMs.get(meter)) {
        this.#db.prepare("DELETE FROM intervals WHERE meter = ? AND start_ms < ? AND NOT waiting")
          .run(meter, publishedFromMs);
      }
      const dropped = this.#makeRoom([...slotTexts, ...intervalTexts]);
      const slot = this.#db.prepare("INSERT OR REPLACE INTO slots (meter, start_ms, slot) VALUES (?, ?, ?)");
      for (const { startMs, text } of slotTexts) slot.run(meter, startMs, text);
      const interval = this.#db.prepare(
        "INSERT INTO intervals (meter, length_ms, start_ms, interval, waiting) VALUES (?, ?, ?, ?, 1)",
      );
      for (const { startMs, text } of intervalTexts) interval.run(meter, lengthMs, startMs, text);
      return dropped;
    });
    this.#publishedFromMs.set(meter, publishedFromMs);
    this.#shrink();
    return dropped;
  }

  /**
   * The intervals that wait, in the order in which they became final.
   *
   * @param except meters whose intervals are skipped
   */
  waiting(limit: number, except: readonly string[]): WaitingInterval[] {
    const oldestOf = this.#db.prepare("SELECT seq FROM intervals WHERE waiting AND meter = ? ORDER BY seq LIMIT ?");
    const meters = metersIn(this.#db, "SELECT min(meter) AS meter FROM intervals WHERE waiting AND meter > ?");
    const seqs = meters.filter((meter) => !except.includes(meter))
      .flatMap((meter) => oldestOf.all(meter, limit).map(({ seq }) => Number(seq)))
      .sort((one, other) => one - other).slice(0, limit);
    const rows = this.#db.prepare(
      "SELECT seq, meter, length_ms, interval FROM intervals WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq",
    ).all(JSON.stringify(seqs));
    return rows.map(({ seq, meter, length_ms: lengthMs, interval }) => ({
      seq: Number(seq),
      meter: String(meter),
      lengthMs: Number(lengthMs),
      interval: parsed<RevisedInterval>(interval),
    }));
  }

  /** The interval is published. The numbers start at 1 again in a new file, so the rest must match, too. */
  published({ seq, meter, interval }: WaitingInterval): void {
    const origin = this.#db.prepare("SELECT origin ->> 'atMs' AS at_ms FROM meters WHERE meter = ?").get(meter);
    const isNeeded = interval.startMs >= Number(origin?.["at_ms"] ?? 0);
    const change = isNeeded ? "UPDATE intervals SET waiting = 0" : "DELETE FROM intervals";
    this.#db.prepare(`${change} WHERE seq = ? AND meter = ? AND start_ms = ?`).run(seq, meter, interval.startMs);
  }

  close(): void {
    if (!this.#db.isOpen) return;
    if (this.log === undefined) this.#db.close();
    else this.log.close();
  }

  #prepare(): void {
    const version = pragmaNumber(this.#db, "user_version");
    if (version === 0) this.#create();
    else if (version !== schemaVersion) throw new DamageError(`its schema is version ${version}`);
    // After an outage of weeks many rows wait: a search must not read them
    runSql(this.#db, "CREATE INDEX IF NOT EXISTS intervals_by_start ON intervals (meter, start_ms, waiting)");
    runSql(this.#db, "CREATE INDEX IF NOT EXISTS intervals_waiting_by_meter ON intervals (meter, seq) WHERE waiting");
  }

  #create(): void {
    inOneStep(this.#db, () => {
      runSql(
        this.#db,
        "CREATE TABLE meters (meter TEXT PRIMARY KEY, length_ms INTEGER NOT NULL, origin TEXT, " +
          "revision INTEGER NOT NULL) STRICT",
      );
      runSql(
        this.#db,
        "CREATE TABLE slots (meter TEXT NOT NULL, start_ms INTEGER NOT NULL, slot TEXT NOT NULL, " +
          "PRIMARY KEY (meter, start_ms)) STRICT, WITHOUT ROWID",
      );
      runSql(
        this.#db,
        "CREATE TABLE intervals (seq INTEGER PRIMARY KEY AUTOINCREMENT, meter TEXT NOT NULL, " +
          "length_ms INTEGER NOT NULL, start_ms INTEGER NOT NULL, interval TEXT NOT NULL, waiting INTEGER NOT NULL) STRICT",
      );
      runSql(this.#db, "CREATE INDEX intervals_waiting ON intervals (seq) WHERE waiting");
      runSql(this.#db, `PRAGMA user_version = ${schemaVersion}`);
    });
  }

  /** Makes room for texts. @returns how many intervals it dropped */
  #makeRoom(texts: readonly { readonly text: string }[]): number {
    const pageBytes = pragmaNumber(this.#db, "page_size");
    const room = databaseRoom(this.#path, { maxBytes: this.#maxBytes, logBytes: logRoomBytes });
    // A text that is longer than half a page uses a whole page
    const neededBytes = texts.reduce((sum, { text }) => sum + 2 * text.length + rowBytes, treePages * pageBytes);
    const drop = this.#db.prepare(
      "DELETE FROM intervals WHERE seq IN (SELECT seq FROM intervals WHERE waiting ORDER BY seq LIMIT ?)",
    );
    let dropped = 0;
    while (usedPages(this.#db) * pageBytes + neededBytes > room) {
      const changes = Number(drop.run(droppedAtOnce).changes);
      if (changes === 0) throw new NoRoomError();
      dropped += changes;
    }
    return dropped;
  }

  /** Returns a few free pages to the disk. An outage can leave many of them; all at once would take long. */
  #shrink(): void {
    if (pragmaNumber(this.#db, "freelist_count") < minFreePages) return;
    try {
      runSql(this.#db, `PRAGMA incremental_vacuum(${shrinkPages})`);
    } catch {
      // The file stays large until the next attempt
    }
  }
}

const schemaVersion = 1;
/** Length at which the write-ahead log is moved into the database. */
const logBytes = 500_000;
/** The log at its longest, and one that was removed while the system writes it to the disk. */
const logRoomBytes = 8 * logBytes;
/** A row without its text, and its places in indexes. */
const rowBytes = 200;
/** Pages by which the tables and indexes can grow in one step. */
const treePages = 8;
const droppedAtOnce = 50;
/** The file keeps 1 MB of free pages, so that it does not shrink and grow all the time. */
const minFreePages = 256;
const shrinkPages = 64;

/** The published intervals after all changes, each of which may replace earlier ones. */
function afterAll(changes: readonly RevisedInterval[]): readonly RevisedInterval[] {
  let published: RevisedInterval[] = [];
  for (const each of changes) {
    if (each.startMs >= (published.at(-1)?.endMs ?? -Infinity)) published.push(each);
    else published = afterChange(published, [each]);
  }
  return published;
}

/** A JSON text that this file has written. */
function parsed<T>(text: SQLOutputValue | undefined): T {
  return JSON.parse(String(text));
}
