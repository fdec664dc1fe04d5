import { type DiskRoom, diskRoom } from "../base/disk_room.ts";
import { sizeOf } from "../base/files.ts";
import { databaseSuffixes } from "../base/sqlite_files.ts";
import type { Log } from "../base/log.ts";
import { countStart } from "../base/starts.ts";
import type { Time } from "../base/time.ts";
import { JournalError, type LiveJournal } from "../journal/mod.ts";

/** Values that are not older are returned again: reading them takes a little time. */
const freshMs = 5_000;

/** What the values are made from. */
export interface NodeValuesSource {
  readonly stateDir: string;
  readonly journal: Pick<LiveJournal, "path" | "undelivered" | "longestWaiting">;
  readonly clockSynchronised: () => boolean | undefined;
  readonly time: Time;
  readonly log: Log;
}

/** The values of journal, disk and clock. A value that is not known is absent. */
export interface NodeFigures {
  /** Wall clock in milliseconds when the service was started. */
  readonly startedAtMs: number;
  /** How often the service was started with this state folder. */
  readonly starts: number;
  /** Whether the clock of the machine is synchronised. */
  readonly clockSynchronised?: boolean | undefined;
  /** Size of the files of the journal. */
  readonly journalBytes?: number | undefined;
  /** The disk of the state folder. */
  readonly disk?: DiskRoom | undefined;
  /** Records that are not delivered yet. */
  readonly undelivered?: number | undefined;
  /** Time that the oldest of them has waited; 0: there is none. */
  readonly undeliveredAgeMs?: number | undefined;
}

/** Reads the values of journal, disk and clock for metrics, at most once every few seconds. */
export class NodeValues {
  readonly #source: NodeValuesSource;
  readonly #started: Pick<NodeFigures, "startedAtMs" | "starts">;
  #fresh: { readonly values: NodeFigures; readonly untilMs: number } | undefined;

  /** Counts this start. */
  constructor(source: NodeValuesSource) {
    const { time, stateDir, log } = source;
    this.#source = source;
    this.#started = { startedAtMs: time.now(), starts: countStart(stateDir, log) };
  }

  /** The values now, or those of the last seconds. */
  get now(): NodeFigures {
    const nowMs = this.#source.time.mono();
    if (this.#fresh === undefined || nowMs >= this.#fresh.untilMs) {
      this.#fresh = { values: this.#read(), untilMs: nowMs + freshMs };
    }
    return this.#fresh.values;
  }

  #read(): NodeFigures {
    const { stateDir, journal, clockSynchronised } = this.#source;
    const sizes = databaseSuffixes.map((suffix) => sizeOf(journal.path + suffix));
    return {
      ...this.#started,
      clockSynchronised: clockSynchronised(),
      journalBytes: sizes[0] === undefined ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
      disk: diskRoom(stateDir),
      ...this.#waiting(),
    };
  }

  #waiting(): Pick<NodeFigures, "undelivered" | "undeliveredAgeMs"> {
    const { journal, time } = this.#source;
    try {
      const sinceMs = journal.longestWaiting()?.sinceMs;
      const undeliveredAgeMs = sinceMs === undefined ? 0 : Math.max(0, time.now() - sinceMs);
      return { undelivered: journal.undelivered(), undeliveredAgeMs };
    } catch (error) {
      // `JournalFailed` reports a journal that cannot be read
      if (!(error instanceof JournalError)) throw error;
      return {};
    }
  }
}
