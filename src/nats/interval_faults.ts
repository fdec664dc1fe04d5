import type { Time } from "../base/time.ts";
import { repeatedly } from "../base/waits.ts";
import type { NodeHealth } from "../health/mod.ts";
import type { IntervalQueue } from "../interval/mod.ts";

/** Raises a fault while intervals are dropped or their file cannot be used. */
export class IntervalFaults {
  readonly #queue: Pick<IntervalQueue, "problems">;
  readonly #health: Pick<NodeHealth, "raise" | "clear">;

  constructor(queue: Pick<IntervalQueue, "problems">, health: Pick<NodeHealth, "raise" | "clear">) {
    this.#queue = queue;
    this.#health = health;
  }

  /** Checks every few seconds until `signal` is aborted. */
  watch(until: { readonly time: Time; readonly signal: AbortSignal }): Promise<void> {
    return repeatedly(() => this.#check(), () => checkIntervalMs, until);
  }

  #check(): void {
    const { dropped, failed } = this.#queue.problems;
    this.#report("IntervalsDropped", dropped);
    this.#report("IntervalsFailed", failed);
  }

  #report(fault: "IntervalsDropped" | "IntervalsFailed", message: string | undefined): void {
    if (message === undefined) this.#health.clear(fault);
    else this.#health.raise(fault, message);
  }
}

const checkIntervalMs = 5_000;
