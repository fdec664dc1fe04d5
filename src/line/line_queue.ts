import { priorities } from "./bus.ts";
import type { LineWork } from "./line_work.ts";

/** The next work that can start now, or the time when work can start. */
export type Next = { readonly work: LineWork } | { readonly wakeAt: number } | undefined;

/**
 * Work that waits for a line, ordered by priority, live polls by deadline, then by arrival. Work of a silent unit comes
 * after all other work.
 */
export class LineQueue {
  #waiting: LineWork[] = [];

  /** Whether no work waits. */
  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Whether work waits that is not live. */
  get hasUrgentWork(): boolean {
    return this.#waiting.some(({ options: { priority } }) => priority !== "live");
  }

  /** Appends work. */
  add(work: LineWork): void {
    this.#waiting.push(work);
  }

  /** Returns work that `next` has removed; it comes before equal work. */
  restore(work: LineWork): void {
    this.#waiting.unshift(work);
  }

  /** Removes work. @returns false: it no longer waits */
  remove(work: LineWork): boolean {
    const index = this.#waiting.indexOf(work);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }

  /** Removes all work. */
  clear(): LineWork[] {
    return this.#waiting.splice(0);
  }

  /** Removes the work that starts at `now`; undefined: no work waits. */
  next(now: number): Next {
    if (this.#waiting.length === 1) return this.#only(now);
    let best: { work: LineWork; rank: Rank } | undefined;
    let wakeAt = Infinity;
    for (const work of this.#waiting) {
      const held = work.heldUntil();
      if (held !== undefined && held > now) {
        wakeAt = Math.min(wakeAt, held);
        continue;
      }
      const rank = rankOf(work, now);
      if (best === undefined || precedes(rank, best.rank)) best = { work, rank };
    }
    if (best === undefined) return wakeAt === Infinity ? undefined : { wakeAt };
    this.remove(best.work);
    return { work: best.work };
  }

  #only(now: number): Next {
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

function precedes(one: Rank, other: Rank): boolean {
  return one.level === other.level ? one.deadline < other.deadline : one.level < other.level;
}

function rankOf(work: LineWork, now: number): Rank {
  const yieldsUntil = work.yieldsUntil();
  if (yieldsUntil !== undefined && yieldsUntil > now) return { level: priorities.length, deadline: Infinity };
  const { priority, deadline = Infinity } = work.options;
  const inTime = priority === "live" && now <= deadline;
  // Overdue work runs in order of arrival: ordered by deadline, the same work would always win on a full line
  const level = priorities.indexOf(priority === "live" && !inTime ? "health" : priority);
  return { level: work.repeat ? level - 0.5 : level, deadline: inTime ? deadline : Infinity };
}
