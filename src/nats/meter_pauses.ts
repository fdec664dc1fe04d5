import { BackOff } from "../base/back_off.ts";
import type { Time } from "../base/time.ts";

interface Pause {
  readonly untilMs: number;
  readonly backOff: BackOff;
}

/** Meters whose readings were refused and are left alone for a while, which becomes longer each time. */
export class MeterPauses {
  readonly #time: Pick<Time, "mono">;
  readonly #pauses = new Map<string, Pause>();

  constructor(time: Pick<Time, "mono">) {
    this.#time = time;
  }

  /** The meters that are left alone now. */
  get meters(): string[] {
    const nowMs = this.#time.mono();
    return [...this.#pauses].filter(([, { untilMs }]) => untilMs > nowMs).map(([meter]) => meter);
  }

  /** A reading of this meter was refused. */
  refused(meter: string): void {
    const backOff = this.#pauses.get(meter)?.backOff ?? new BackOff(limits);
    this.#pauses.set(meter, { backOff, untilMs: this.#time.mono() + backOff.failed() });
  }

  /** A reading of this meter was taken. */
  taken(meter: string): void {
    this.#pauses.delete(meter);
  }

  /** All meters have another chance. */
  clear(): void {
    this.#pauses.clear();
  }
}

const limits = { firstMs: 1_000, longestMs: 30_000 };
