import type { Time } from "./time.ts";

/** Remembers the value that was last logged, so that the same value is not logged again. */
export class LastLogged<T extends string | number> {
  #last: T | undefined;

  /** Whether the value differs from the last one. Remembers it. */
  isNew(value: T): boolean {
    const isNew = value !== this.#last;
    this.#last = value;
    return isNew;
  }
}

/** Decides when a line about an event that repeats is due: at once for the first time, then once per pause. */
export class LinePace {
  readonly #time: Pick<Time, "mono">;
  #loggedAtMs = -Infinity;

  constructor(time: Pick<Time, "mono">) {
    this.#time = time;
  }

  /** Whether the last line is at least `pauseMs` old. The caller logs a line if it is: the next pause begins now. */
  isDue(pauseMs: number): boolean {
    if (this.#time.mono() - this.#loggedAtMs < pauseMs) return false;
    this.logged();
    return true;
  }

  /** A line is logged whether it is due or not: the next pause begins now. */
  logged(): void {
    this.#loggedAtMs = this.#time.mono();
  }
}
