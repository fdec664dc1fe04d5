/** One exchange with a unit, in monotonic milliseconds. */
export interface EndedExchange {
  readonly unit: number;
  /** See `TransferOptions`. */
  readonly minPauseMs: number | undefined;
  readonly start: number;
  readonly end: number;
  /** Whether it has a usable answer. */
  readonly usable: boolean;
}

/** The pauses between an answer and the next request of units that have failed without a pause. */
export class UnitPauses {
  readonly #answeredAt = new Map<number, number>();
  readonly #needed = new Set<number>();

  /** Monotonic time before which no request may be sent to the unit; undefined: it may be sent at any time. */
  heldUntil(unit: number, minPauseMs: number): number | undefined {
    const answeredAt = this.#answeredAt.get(unit);
    return answeredAt === undefined || !this.#needed.has(unit) ? undefined : answeredAt + minPauseMs;
  }

  /** Call it when a unit is no longer used. */
  forget(unit: number): void {
    this.#answeredAt.delete(unit);
    this.#needed.delete(unit);
  }

  /** Call it after an exchange: a failure right after an answer shows that the unit needs a pause. */
  ended({ unit, minPauseMs, start, end, usable }: EndedExchange): void {
    if (usable) this.#answeredAt.set(unit, end);
    else if (minPauseMs !== undefined && start - (this.#answeredAt.get(unit) ?? -Infinity) < minPauseMs) {
      this.#needed.add(unit);
    }
  }
}
