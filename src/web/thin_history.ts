import type { HistoryPoint } from "../view/mod.ts";

/** The most points of a history. */
const maxPoints = 1_500;
const phases = ["L1", "L2", "L3"] as const;

/**
 * At most 1,500 points of a period: if there are more, those that fall into the same part of it become one with their means.
 * It needs memory for its parts, not for all points.
 */
export class ThinHistory {
  readonly #fromMs: number;
  readonly #toMs: number;
  readonly #parts = new Map<number, PartMeans>();
  /** All points; undefined: there are too many. */
  #few: HistoryPoint[] | undefined = [];

  constructor(fromMs: number, toMs: number) {
    this.#fromMs = fromMs;
    this.#toMs = toMs;
  }

  /** Adds a point, in any order; one outside of the period is left out. */
  add(point: HistoryPoint): void {
    const { at } = point;
    if (at < this.#fromMs || at > this.#toMs) return;
    const index = Math.floor((at - this.#fromMs) / (this.#toMs - this.#fromMs + 1) * maxPoints);
    const part = this.#parts.get(index) ?? new PartMeans(at);
    part.add(point);
    this.#parts.set(index, part);
    if (this.#few !== undefined && this.#few.push(point) > maxPoints) this.#few = undefined;
  }

  /** The points, in the order of time. */
  points(): HistoryPoint[] {
    const points = this.#few ?? [...this.#parts.values()].map((part) => part.point());
    return points.toSorted((one, other) => one.at - other.at);
  }
}

/** Means of the points of a part. */
class PartMeans {
  readonly #beginMs: number;
  readonly #afterBeginMs = new Mean();
  readonly #powerW = new Mean();
  readonly #voltageV = { L1: new Mean(), L2: new Mean(), L3: new Mean() };

  /** @param beginMs a time near those of the points: sums of whole times would not be exact */
  constructor(beginMs: number) {
    this.#beginMs = beginMs;
  }

  add({ at, powerW, voltageV }: HistoryPoint): void {
    this.#afterBeginMs.add(at - this.#beginMs);
    this.#powerW.add(powerW);
    for (const phase of phases) this.#voltageV[phase].add(voltageV?.[phase]);
  }

  point(): HistoryPoint {
    const powerW = this.#powerW.value;
    const voltages = phases.flatMap((phase) => {
      const volts = this.#voltageV[phase].value;
      return volts === undefined ? [] : [[phase, volts] as const];
    });
    return {
      at: Math.round(this.#beginMs + (this.#afterBeginMs.value ?? 0)),
      ...(powerW === undefined ? {} : { powerW }),
      ...(voltages.length === 0 ? {} : { voltageV: Object.fromEntries(voltages) }),
    };
  }
}

class Mean {
  #total = 0;
  #count = 0;

  add(value: number | undefined): void {
    if (value === undefined) return;
    this.#total += value;
    this.#count++;
  }

  /** With three digits after the point; undefined: there are no values. */
  get value(): number | undefined {
    return this.#count === 0 ? undefined : Math.round(this.#total / this.#count * 1000) / 1000;
  }
}
