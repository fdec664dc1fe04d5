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
    const nowMs = this.#time.mono();
    if (nowMs - this.#loggedAtMs < pauseMs) return false;
    this.#loggedAtMs = nowMs;
    return true;
  }
}
