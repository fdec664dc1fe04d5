import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { databaseRoom } from "../base/database_room.ts";
import { inOneStep, metersIn, pragmaNumber, usedPages } from "../base/sqlite_steps.ts";
import type { SpooledReading, WaitingReading } from "./spool.ts";
import type { SavedClock, SpoolClock } from "./spool_clock.ts";
import { logRoomBytes, SpoolDatabase } from "./spool_database.ts";

/** Limits of a spool. */
export interface SpoolLimits {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
}

/** Number of readings that were dropped because of the limits. */
export interface DroppedCounts {
  readonly tooOld: number;
  readonly noRoom: number;
}

/** The database of a spool. Every method may throw an error of SQLite; then it has changed nothing. */
export class SpoolFile {
  readonly #database: SpoolDatabase;
  readonly #path: string | undefined;
  readonly #clock: SpoolClock;
  #openedAtMs: number;
  #count: number;

  /**
   * @param path undefined: in memory
   * @param clock continues from the state in the file
   * @param onMoved called after the database was written to the disk, or with the reason why it cannot be written now
   */
  constructor(path: string | undefined, clock: SpoolClock, onMoved: (failure?: unknown) => void) {
    this.#path = path;
    this.#clock = clock;
    // Another program can remove the file while it is closed
    this.#database = new SpoolDatabase({ path, onCreated: () => this.#count = 0, onMoved });
    try {
      const saved = this.#savedClock();
      if (saved !== undefined) clock.resume(saved);
      this.#openedAtMs = clock.now();
      this.#count = Number(this.#db.prepare("SELECT count(*) AS value FROM readings").get()?.["value"]);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Number of readings. */
  get count(): number {
    return this.#count;
  }

  /** Ends when the log is moved into the database; a write makes that longer. Undefined: it is not being moved. */
  get moving(): Promise<void> | undefined {
    return this.#database.moving;
  }

  /** Adds readings and drops the oldest ones that exceed the limits, in one step. */
  add(readings: readonly SpooledReading[], limits: SpoolLimits): DroppedCounts {
    const clock = this.#clock.saved();
    const dropped = inOneStep(this.#db, () => {
      const insert = this.#db.prepare(
        "INSERT INTO readings (taken_at, meter, message_id, payload, kept_at) VALUES (?, ?, ?, ?, ?)",
      );
      const tooOld = this.#deleteOlder(clock.atMs - limits.maxAgeMs);
      this.#saveClock(clock);
      const room = databaseRoom(this.#path, {
        maxBytes: limits.maxBytes,
        logBytes: logRoomBytes,
      });
      let noRoom = 0;
      for (let at = 0; at < readings.length; at += readingsPerStep) {
        const part = readings.slice(at, at + readingsPerStep);
        // Make room first, so that SQLite reuses pages and the file does not grow.
        noRoom += this.#makeRoom(room - bytesNeeded(part));
        for (const { takenAtMs, meter, messageId, payload } of part) {
          insert.run(takenAtMs, meter, messageId, payload, clock.atMs);
        }
      }
      return { tooOld, noRoom };
    });
    this.#count += readings.length - dropped.tooOld - dropped.noRoom;
    this.#database.tidy();
    return dropped;
  }

  /** Drops readings that have waited longer than the limit. @returns how many */
  dropOld({ maxAgeMs }: SpoolLimits): number {
    const dropped = this.#deleteOlder(this.#clock.now() - maxAgeMs);
    this.#count -= dropped;
    this.#database.tidy();
    return dropped;
  }

  /** @param except meters whose readings are skipped */
  oldest(limit: number, except: readonly string[]): WaitingReading[] {
    const oldestOf = this.#db.prepare(
      "SELECT seq, taken_at FROM readings WHERE meter = ? ORDER BY taken_at, seq LIMIT ?",
    );
    const meters = metersIn(this.#db, "SELECT min(meter) AS meter FROM readings WHERE meter > ?");
    const seqs = meters.filter((meter) => !except.includes(meter))
      .flatMap((meter) => oldestOf.all(meter, limit))
      .map((row) => ({ seq: Number(row["seq"]), takenAtMs: Number(row["taken_at"]) }))
      .sort((one, other) => one.takenAtMs - other.takenAtMs || one.seq - other.seq)
      .slice(0, limit)
      .map(({ seq }) => seq);
    const select = this.#db.prepare(
      "SELECT * FROM readings WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY taken_at, seq",
    );
    return select.all(JSON.stringify(seqs)).map(readingOf);
  }

  /** The last readings of a meter that were taken after a time, oldest first. */
  since(meter: string, takenAfterMs: number, limit: number): WaitingReading[] {
    return this.#db.prepare(
      "SELECT * FROM readings WHERE meter = ? AND taken_at > ? ORDER BY taken_at DESC, seq DESC LIMIT ?",
    ).all(meter, takenAfterMs, limit).map(readingOf).reverse();
  }

  remove(readings: readonly WaitingReading[]): void {
    const removed = inOneStep(this.#db, () => {
      // The numbers start at 1 again in a new file, so the message id must match, too.
      const drop = this.#db.prepare("DELETE FROM readings WHERE seq = ? AND message_id = ?");
      return readings.reduce((sum, { seq, messageId }) => sum + Number(drop.run(seq, messageId).changes), 0);
    });
    this.#count -= removed;
    if (this.#count === 0 && removed > 0) this.#shrink();
    this.#database.tidy();
  }

  close(): void {
    this.#database.close();
  }

  get #db(): DatabaseSync {
    return this.#database.db;
  }

  #makeRoom(maxBytes: number): number {
    const maxPages = Math.floor(maxBytes / pragmaNumber(this.#db, "page_size"));
    let dropped = 0;
    for (let used = usedPages(this.#db); used > maxPages; used = usedPages(this.#db)) {
      const share = Math.ceil((this.#count - dropped) * (used - maxPages) / used);
      const { changes } = this.#db.prepare(
        "DELETE FROM readings WHERE seq IN (SELECT seq FROM readings ORDER BY seq LIMIT ?)",
      ).run(Math.max(1, share));
      if (Number(changes) === 0) break;
      dropped += Number(changes);
    }
    return dropped;
  }

  /**
   * Row numbers ascend in order of arrival, so the first row that stays is found without an index. Rows of an earlier
   * release have no `kept_at`: their age counts from the time when the file was opened.
   */
  #deleteOlder(beforeMs: number): number {
    const stays = this.#db.prepare("SELECT seq FROM readings WHERE coalesce(kept_at, ?) >= ? ORDER BY seq LIMIT 1")
      .get(this.#openedAtMs, beforeMs);
    const below = stays === undefined ? "" : "WHERE seq < ?";
    const first = stays === undefined ? [] : [Number(stays["seq"])];
    return Number(this.#db.prepare(`DELETE FROM readings ${below}`).run(...first).changes);
  }

  #savedClock(): SavedClock | undefined {
    const row = this.#db.prepare("SELECT at, wall FROM clock").get();
    if (row === undefined) return undefined;
    const atMs = Number(row["at"]);
    return row["wall"] === null ? { atMs } : { atMs, wallMs: Number(row["wall"]) };
  }

  #saveClock({ atMs, wallMs }: SavedClock): void {
    this.#db.prepare("INSERT OR REPLACE INTO clock (id, at, wall) VALUES (1, ?, ?)").run(atMs, wallMs ?? null);
  }

  /** Shrinks the file. An outage can leave a large file; an empty file is cheap to shrink. */
  #shrink(): void {
    if (pragmaNumber(this.#db, "page_count") * pragmaNumber(this.#db, "page_size") < minShrinkBytes) return;
    try {
      this.#database.shrink();
    } catch {
      // The file stays large until the next attempt
    }
  }
}

function readingOf(row: Readonly<Record<string, SQLOutputValue>>): WaitingReading {
  return {
    seq: Number(row["seq"]),
    takenAtMs: Number(row["taken_at"]),
    meter: String(row["meter"]),
    messageId: String(row["message_id"]),
    payload: String(row["payload"]),
  };
}

/** Number of readings for which room is made at a time. */
const readingsPerStep = 20;
const minShrinkBytes = 1_000_000;

/** The most bytes of pages that readings can use: a reading that is longer than half a page uses a whole page. */
function bytesNeeded(readings: readonly SpooledReading[]): number {
  return readings.reduce((sum, { payload }) => sum + 2 * payload.length + rowBytes, 0);
}

const rowBytes = 400;
