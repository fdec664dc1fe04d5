import { join } from "node:path";
import { sizeOf } from "../base/files.ts";
import { errorText, type Log } from "../base/log.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { RenewedFile } from "../base/renewed_file.ts";
import { isSystemError } from "../base/sqlite_error.ts";
import { type Time, timestamp } from "../base/time.ts";
import {
  IntervalFile,
  NoRoomError,
  type StateChange,
  type StoredState,
  type WaitingInterval,
} from "./interval_file.ts";
import type { IntervalQueue, QueueProblems } from "./interval_queue.ts";

/**
 * The intervals of all meters, and the state from which the next process continues, in `intervals.db` in the state
 * folder. No method throws: what cannot be written is logged, and the caller writes it again.
 */
export class IntervalStore implements IntervalQueue {
  readonly #path: string;
  readonly #log: Log;
  readonly #time: Time;
  readonly #failure: ProblemLog;
  readonly #noRoom: ProblemLog;
  /** Intervals that were dropped since the last time when none waited; wall clock of the first. */
  #dropped: { readonly count: number; readonly sinceMs: number } | undefined;
  /** Why the file cannot be used now. */
  #failed: string | undefined;
  readonly #file: RenewedFile<IntervalFile>;
  #isClosed = false;
  #generation = 0;

  /**
   * @param folder an existing folder that no other process uses; the file is created when it is needed
   * @param maxBytes the most bytes of the file, at least 1 MB
   */
  constructor(folder: string, { log, time }: { readonly log: Log; readonly time: Time }, maxBytes = defaultMaxBytes) {
    this.#path = join(folder, "intervals.db");
    this.#log = log;
    this.#time = time;
    this.#failure = new ProblemLog(log, time, "error");
    this.#noRoom = new ProblemLog(log, time, "error");
    this.#file = new RenewedFile({
      path: this.#path,
      open: () => new IntervalFile(this.#path, maxBytes),
      onRenewed: (damage, _, movedTo) => {
        this.#generation++;
        log.warn("The file of intervals was damaged and has been renamed; a new one is started", {
          movedTo,
          reason: errorText(damage),
        });
      },
    });
  }

  /** Number of the file. It changes when a damaged file is replaced by an empty one, so that all is written again. */
  get generation(): number {
    return this.#generation;
  }

  get problems(): QueueProblems {
    const dropped = this.#dropped;
    return {
      dropped: dropped &&
        `${dropped.count} intervals were dropped since ${timestamp(dropped.sinceMs)}, because there ` +
          "was no room for more that wait for NATS; restore the delivery, or free disk space",
      failed: this.#failed === undefined ? undefined : `Cannot use the file of intervals ${this.#path}: ` +
        `${this.#failed}; the last ones of each meter wait in memory; retrying`,
    };
  }

  /** The state of a meter; undefined: there is none. `unavailable`: it cannot be read now; try again. */
  state(meter: string): StoredState | "unavailable" | undefined {
    return this.#use((file) => {
      try {
        return file.state(meter);
      } catch (error) {
        // Another attempt would read the same text
        if (!(error instanceof SyntaxError)) throw error;
        this.#log.error("The stored state of the intervals of a meter is damaged, so a new one begins", {
          meter,
          file: this.#path,
          reason: errorText(error),
        });
        return undefined;
      }
    }, "unavailable");
  }

  /**
   * Writes a change since the last one that was written to the file with this `generation`. If there is no room, it drops
   * the oldest intervals that wait.
   *
   * @returns whether the change is written; false: write it again with the next one
   */
  save(change: StateChange): boolean {
    const generation = this.#generation;
    return this.#use((file) => {
      if (this.#generation !== generation) return false;
      this.noteDropped(file.save(change));
      return true;
    }, false);
  }

  waiting(limit: number, except: readonly string[]): readonly WaitingInterval[] {
    if (this.#file.data === undefined && sizeOf(this.#path) === undefined) return [];
    const found = this.#use((file) => file.waiting(limit, except), undefined);
    if (found?.length === 0 && except.length === 0) this.#noneWaits();
    return found ?? [];
  }

  async synced(): Promise<boolean> {
    try {
      // A file that is not open has no log
      await this.#file.data?.log?.sync();
      return true;
    } catch (error) {
      this.#noteFailure(error);
      return false;
    }
  }

  published(interval: WaitingInterval): boolean {
    return this.#use((file) => {
      file.published(interval);
      return true;
    }, false);
  }

  /** Intervals were dropped, because they have no room here or in the memory of the caller. */
  noteDropped(count: number): void {
    if (count === 0) return;
    this.#dropped = { count: (this.#dropped?.count ?? 0) + count, sinceMs: this.#dropped?.sinceMs ?? this.#time.now() };
    this.#noRoom.failed(
      "No room for more intervals that wait for NATS, so the oldest ones are dropped; restore the delivery, or free disk space",
      { file: this.#path },
    );
  }

  close(): void {
    this.#isClosed = true;
    this.#file.close();
  }

  /** Removes a long log. The next use opens the file again. */
  #tidy({ log }: IntervalFile): void {
    const due = log?.due;
    if (due === "close") this.#file.close();
    else if (due === "move") log?.move(() => this.#file.close()).catch((error) => this.#noteFailure(error));
  }

  #use<T, Fallback>(work: (file: IntervalFile) => T, fallback: Fallback): T | Fallback {
    if (this.#isClosed) return fallback;
    try {
      const result = this.#file.use((file) => {
        const result = work(file);
        this.#tidy(file);
        return result;
      });
      this.#failed = undefined;
      this.#failure.over("Intervals can be stored again", { file: this.#path });
      return result;
    } catch (error) {
      this.#noteFailure(error);
      return fallback;
    }
  }

  #noteFailure(error: unknown): void {
    const remedy = error instanceof NoRoomError
      ? "; free disk space there"
      : isSystemError(error)
      ? "; free disk space there, or correct the permissions"
      : "";
    this.#failed = errorText(error) + remedy;
    this.#failure.failed(`Cannot read or write intervals, so the last ones of each meter wait in memory${remedy}`, {
      file: this.#path,
      reason: errorText(error),
    });
  }

  #noneWaits(): void {
    if (this.#dropped === undefined) return;
    this.#noRoom.over("All intervals that had room are delivered", { dropped: this.#dropped.count });
    this.#dropped = undefined;
  }
}

/** Weeks for 128 meters. */
const defaultMaxBytes = 256_000_000;
