/** One exchange with a unit, in monotonic milliseconds. */
export interface EndedExchange {
  readonly unit: number;
  /** See `TransferOptions`. */
  readonly leastPauseMs: number | undefined;
  readonly start: number;
  readonly end: number;
  /** Whether it brought an answer that can be used. */
  readonly usable: boolean;
}

/** The pauses that units need between an answer and the next request: of those that have failed without them. */
export class UnitPauses {
  readonly #answeredAt = new Map<number, number>();
  readonly #needed = new Set<number>();

  /** Monotonic time before which the unit must not be asked; undefined: it may be at any time. */
  heldUntil(unit: number, leastPauseMs: number): number | undefined {
    const answeredAt = this.#answeredAt.get(unit);
    return answeredAt === undefined || !this.#needed.has(unit) ? undefined : answeredAt + leastPauseMs;
  }

  /** Notes an exchange: one that fails right behind an answer shows that the unit needs its pause. */
  ended({ unit, leastPauseMs, start, end, usable }: EndedExchange): void {
    if (usable) this.#answeredAt.set(unit, end);
    else if (leastPauseMs !== undefined && start - (this.#answeredAt.get(unit) ?? -Infinity) < leastPauseMs) {
      this.#needed.add(unit);
    }
  }
}
