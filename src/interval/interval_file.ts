import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { makePrivate } from "../base/private_files.ts";
import { DamageError } from "../base/sqlite_error.ts";
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

/** The database of intervals. Every method may throw an error of SQLite; then it has changed nothing. */
export class IntervalFile {
  readonly #db: DatabaseSync;
  /** By meter, from when on its published intervals are needed. Earlier ones are deleted. */
  readonly #publishedFromMs = new Map<string, number>();

  /** @param path undefined: in memory */
  constructor(path: string | undefined) {
    this.#db = new DatabaseSync(path ?? ":memory:");
    try {
      this.#run("PRAGMA journal_mode = WAL");
      if (path !== undefined) { for (const suffix of ["", "-wal", "-shm"]) makePrivate(path + suffix); }
      // A power cut can lose the last minute, of which the registers of the meter still have the energy
      this.#run("PRAGMA synchronous = NORMAL");
      this.#prepare();
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** The state of a meter; undefined: there is none with this distance of boundaries. */
  state(meter: string, lengthMs: number): AccumulatorState | undefined {
    const row = this.#db.prepare("SELECT * FROM meters WHERE meter = ? AND length_ms = ?").get(meter, lengthMs);
    if (row === undefined) return undefined;
    const slots = this.#db.prepare("SELECT slot FROM slots WHERE meter = ? ORDER BY start_ms").all(meter);
    const origin = row["origin"] === null ? undefined : parsed<Cut>(row["origin"]);
    const intervals = this.#db.prepare(
      "SELECT interval FROM intervals WHERE meter = ? AND start_ms >= ? AND length_ms = ? ORDER BY seq",
    ).all(meter, origin?.atMs ?? 0, lengthMs);
    return {
      origin,
      revision: Number(row["revision"]),
      slots: slots.map(({ slot }) => parsed<Slot>(slot)),
      published: afterAll(intervals.map(({ interval }) => parsed<RevisedInterval>(interval))),
    };
  }

  /** Writes a change of the state of a meter, in one step. */
  save({ meter, lengthMs, origin, revision, slots, neededFromMs, intervals }: StateChange): void {
    const slotsFromMs = neededFromMs ?? Number.MAX_SAFE_INTEGER;
    const publishedFromMs = neededFromMs === undefined ? slotsFromMs : origin?.atMs ?? 0;
    this.#step(() => {
      this.#db.prepare("INSERT OR REPLACE INTO meters (meter, length_ms, origin, revision) VALUES (?, ?, ?, ?)")
        .run(meter, lengthMs, origin === undefined ? null : JSON.stringify(origin), revision);
      this.#db.prepare("DELETE FROM slots WHERE meter = ? AND start_ms < ?").run(meter, slotsFromMs);
      if (publishedFromMs !== this.#publishedFromMs.get(meter)) {
        this.#db.prepare("DELETE FROM intervals WHERE meter = ? AND start_ms < ? AND NOT waiting")
          .run(meter, publishedFromMs);
      }
      const slot = this.#db.prepare("INSERT OR REPLACE INTO slots (meter, start_ms, slot) VALUES (?, ?, ?)");
      for (const each of slots) slot.run(meter, each.startMs, JSON.stringify(each));
      const interval = this.#db.prepare(
        "INSERT INTO intervals (meter, length_ms, start_ms, interval, waiting) VALUES (?, ?, ?, ?, 1)",
      );
      for (const each of intervals) interval.run(meter, lengthMs, each.startMs, JSON.stringify(each));
    });
    this.#publishedFromMs.set(meter, publishedFromMs);
  }

  /**
   * The intervals that wait, in the order in which they became final.
   *
   * @param except meters whose intervals are skipped
   */
  waiting(limit: number, except: readonly string[]): WaitingInterval[] {
    const rows = this.#db.prepare(
      "SELECT seq, meter, length_ms, interval FROM intervals WHERE waiting AND meter NOT IN (SELECT value FROM json_each(?)) " +
        "ORDER BY seq LIMIT ?",
    ).all(JSON.stringify(except), limit);
    return rows.map(({ seq, meter, length_ms: lengthMs, interval }) => ({
      seq: Number(seq),
      meter: String(meter),
      lengthMs: Number(lengthMs),
      interval: parsed<RevisedInterval>(interval),
    }));
  }

  /** The interval is published. The numbers start at 1 again in a new file, so the rest must match, too. */
  published({ seq, meter, interval }: WaitingInterval): void {
    this.#db.prepare("UPDATE intervals SET waiting = 0 WHERE seq = ? AND meter = ? AND start_ms = ?")
      .run(seq, meter, interval.startMs);
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #prepare(): void {
    const version = Number(this.#db.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version === 0) this.#create();
    else if (version !== schemaVersion) throw new DamageError(`its schema is version ${version}`);
    // After an outage of weeks many rows wait: a search must not read them
    this.#run("CREATE INDEX IF NOT EXISTS intervals_by_start ON intervals (meter, start_ms, waiting)");
  }

  #create(): void {
    this.#step(() => {
      this.#run(
        "CREATE TABLE meters (meter TEXT PRIMARY KEY, length_ms INTEGER NOT NULL, origin TEXT, " +
          "revision INTEGER NOT NULL) STRICT",
      );
      this.#run(
        "CREATE TABLE slots (meter TEXT NOT NULL, start_ms INTEGER NOT NULL, slot TEXT NOT NULL, " +
          "PRIMARY KEY (meter, start_ms)) STRICT, WITHOUT ROWID",
      );
      this.#run(
        "CREATE TABLE intervals (seq INTEGER PRIMARY KEY AUTOINCREMENT, meter TEXT NOT NULL, " +
          "length_ms INTEGER NOT NULL, start_ms INTEGER NOT NULL, interval TEXT NOT NULL, waiting INTEGER NOT NULL) STRICT",
      );
      this.#run("CREATE INDEX intervals_waiting ON intervals (seq) WHERE waiting");
      this.#run(`PRAGMA user_version = ${schemaVersion}`);
    });
  }

  /** Errors of `exec` have no code. */
  #run(sql: string): void {
    this.#db.prepare(sql).all();
  }

  #step(work: () => void): void {
    this.#run("BEGIN IMMEDIATE");
    try {
      work();
      this.#run("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#run("ROLLBACK");
      throw error;
    }
  }
}

const schemaVersion = 1;

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
