import type { WaitingInterval } from "./interval_file.ts";

/** What is wrong with the intervals that wait, each a sentence with the remedy. */
export interface QueueProblems {
  /** Intervals were dropped; undefined: none, or all that had room are published since then. */
  readonly dropped: string | undefined;
  /** The file cannot be used now; undefined: it can. */
  readonly failed: string | undefined;
}

/** Intervals that wait until their stream has stored them. No method throws or rejects. */
export interface IntervalQueue {
  /** What is wrong now. */
  readonly problems: QueueProblems;
  /**
   * The intervals that wait, in the order in which they became final. They wait until `published` is called.
   *
   * @param except meters whose intervals are skipped
   */
  waiting(limit: number, except: readonly string[]): readonly WaitingInterval[];
  /**
   * Writes the intervals that wait to the disk, without blocking. Call it before they are published: after a power cut,
   * a published interval that is lost here would be made again from fewer values, with the same revision.
   *
   * @returns whether they are on the disk
   */
  synced(): Promise<boolean>;
  /**
   * The stream has stored an interval.
   *
   * @returns whether this is noted; false: the disk returned an error, and `waiting` will return it again
   */
  published(interval: WaitingInterval): boolean;
}
