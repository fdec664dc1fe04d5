import { priorities, type Priority } from "./bus.ts";

/** What the queue needs to know of a piece of work. */
export interface Waiting {
  readonly priority: Priority;
  /** Monotonic time in milliseconds; live work that waited past it moves up to `health`. */
  readonly deadline: number | undefined;
  /** An immediate repeat: goes before other work of its priority. */
  readonly repeat: boolean;
  /** Monotonic time before which it may not start. */
  heldUntil(): number | undefined;
  /** Monotonic time until which everything else may overtake it: its unit did not answer last time. */
  yieldsUntil(): number | undefined;
}

/** What can start now, or when something can. */
export type Next<T> = { readonly work: T } | { readonly wakeAt: number } | undefined;

/**
 * Work that waits for a line: by priority, live polls among themselves by their deadline, then in the order of arrival.
 * A silent unit's work waits for all other.
 */
export class LineQueue<T extends Waiting> {
  #waiting: T[] = [];

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Appends work. */
  add(work: T): void {
    this.#waiting.push(work);
  }

  /** Gives work back whose turn it was: it goes before its equals. */
  restore(work: T): void {
    this.#waiting.unshift(work);
  }

  /** Takes work back. @returns false when it no longer waits */
  remove(work: T): boolean {
    const index = this.#waiting.indexOf(work);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }

  /** Takes everything out. */
  clear(): T[] {
    return this.#waiting.splice(0);
  }

  /** Takes out what is to start at `now`; undefined when nothing waits. */
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
  // Those that are overdue take their turns: by their deadlines the same ones would win for ever on a full line.
  const deadline = inTime ? work.deadline ?? Infinity : Infinity;
  const priority = priorities.indexOf(work.priority === "live" && !inTime ? "health" : work.priority);
  return { level: work.repeat ? priority - 0.5 : priority, deadline };
}
