import { BackOff } from "../base/back_off.ts";
import type { Time } from "../base/time.ts";

interface Pause {
  readonly untilMs: number;
  readonly backOff: BackOff;
}

/** Meters whose readings were refused. They are paused; the pause becomes longer each time. */
export class MeterPauses {
  readonly #time: Pick<Time, "mono">;
  readonly #pauses = new Map<string, Pause>();

  constructor(time: Pick<Time, "mono">) {
    this.#time = time;
  }

  /** The meters that are paused now. */
  get meters(): string[] {
    const nowMs = this.#time.mono();
    return [...this.#pauses].filter(([, { untilMs }]) => untilMs > nowMs).map(([meter]) => meter);
  }

  /** Call it when a reading of this meter was refused. */
  refused(meter: string): void {
    const backOff = this.#pauses.get(meter)?.backOff ?? new BackOff(limits);
    this.#pauses.set(meter, { backOff, untilMs: this.#time.mono() + backOff.failed() });
  }

  /** Call it when a reading of this meter was stored. */
  taken(meter: string): void {
    this.#pauses.delete(meter);
  }

  /** Ends all pauses. */
  clear(): void {
    this.#pauses.clear();
  }
}

const limits = { firstMs: 1_000, longestMs: 30_000 };
