import { priorities, type Priority } from "./bus.ts";

/** The properties of work that the queue needs. */
export interface Waiting {
  readonly priority: Priority;
  /** Monotonic time in milliseconds; live work that is overdue gets the priority `health`. */
  readonly deadline: number | undefined;
  /** An immediate repeat comes before other work of its priority. */
  readonly repeat: boolean;
  /** Monotonic time before which it must not start. */
  heldUntil(): number | undefined;
  /** Monotonic time until which all other work comes first: its unit did not answer last time. */
  yieldsUntil(): number | undefined;
}

/** The next work that can start now, or the time when work can start. */
export type Next<T> = { readonly work: T } | { readonly wakeAt: number } | undefined;

/**
 * Work that waits for a line, ordered by priority, live polls by deadline, then by arrival. Work of a silent unit comes
 * after all other work.
 */
export class LineQueue<T extends Waiting> {
  #waiting: T[] = [];

  /** Whether no work waits. */
  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Appends work. */
  add(work: T): void {
    this.#waiting.push(work);
  }

  /** Returns work that `next` has removed; it comes before equal work. */
  restore(work: T): void {
    this.#waiting.unshift(work);
  }

  /** Removes work. @returns false: it no longer waits */
  remove(work: T): boolean {
    const index = this.#waiting.indexOf(work);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }

  /** Removes all work. */
  clear(): T[] {
    return this.#waiting.splice(0);
  }

  /** Removes the work that starts at `now`; undefined: no work waits. */
  next(now: number): Next<T> {
    if (this.#waiting.length === 1) return this.#only(now);
    let best: { work: T; rank: Rank } | undefined;
    let wakeAt = Infinity;
    for (const work of this.#waiting) {
      const held = work.heldUntil();
      if (held !== undefined && held > now) {
        wakeAt = Math.min(wakeAt, held);
        continue;
      }
      const rank = rankOf(work, now);
      if (best === undefined || goesBefore(rank, best.rank)) best = { work, rank };
    }
    if (best === undefined) return wakeAt === Infinity ? undefined : { wakeAt };
    this.remove(best.work);
    return { work: best.work };
  }

  #only(now: number): Next<T> {
    const [work] = this.#waiting;
    if (work === undefined) return undefined;
    const held = work.heldUntil();
    if (held !== undefined && held > now) return { wakeAt: held };
    this.#waiting.pop();
    return { work };
  }
}

interface Rank {
  readonly level: number;
  readonly deadline: number;
}

function goesBefore(one: Rank, other: Rank): boolean {
  return one.level === other.level ? one.deadline < other.deadline : one.level < other.level;
}

function rankOf(work: Waiting, now: number): Rank {
  const yieldsUntil = work.yieldsUntil();
  if (yieldsUntil !== undefined && yieldsUntil > now) return { level: priorities.length, deadline: Infinity };
  const inTime = work.priority === "live" && !(work.deadline !== undefined && now > work.deadline);
  // Overdue work runs in order of arrival: ordered by deadline, the same work would always win on a full line
  const deadline = inTime ? work.deadline ?? Infinity : Infinity;
  const priority = priorities.indexOf(work.priority === "live" && !inTime ? "health" : work.priority);
  return { level: work.repeat ? priority - 0.5 : priority, deadline };
}
