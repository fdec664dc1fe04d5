interface Missing {
  /** Answers that never came. */
  owed: number;
  /** Monotonic time until which they are listened for. */
  heldUntil: number;
}

/**
 * Keeps answers that come late from being taken for the answer to a later request. An RTU answer names its unit and
 * function but not its request, so after a missing answer
 *
 * - the same function of that unit is held back until the answer has come, or for `windowMs`; the line serves others;
 * - the next answer of that function is believed only when no second one follows within `confirmMs`.
 *
 * What remains: an answer that comes later than both, and just before the one to an equal request.
 */
export class LateAnswers {
  readonly #windowMs: number;
  readonly #quietMs: number;
  readonly #missing = new Map<number, Missing>();
  readonly #slowestMs = new Map<number, number>();
  #onRelease = () => {};

  /**
   * @param windowMs how long a missing answer is listened for
   * @param quietMs shortest time without a second answer after which the first is believed
   */
  constructor(windowMs: number, quietMs: number) {
    this.#windowMs = windowMs;
    this.#quietMs = quietMs;
  }

  /** Has `listener` called whenever a request is no longer held back because its answer has come. */
  onRelease(listener: () => void): void {
    this.#onRelease = listener;
  }

  /**
   * An exchange got no usable answer.
   *
   * @param owed see `Failure`
   */
  failed(unit: number, code: number, owed: 1 | 0 | -1, atMs: number): void {
    const missing = this.#missing.get(key(unit, code));
    if (owed === 1) {
      this.#missing.set(key(unit, code), { owed: (missing?.owed ?? 0) + 1, heldUntil: atMs + this.#windowMs });
    } else if (owed === -1) {
      this.#came(key(unit, code));
    }
  }

  /** A frame came that nobody awaited. */
  strayed(frame: Uint8Array): void {
    const [unit = 0, code = 0] = frame;
    this.#came(key(unit, code & 0x7f));
  }

  /** An exchange got its answer after `tookMs`: the next one of that unit in doubt is waited for that much longer. */
  answered(unit: number, code: number, tookMs: number): void {
    this.#missing.delete(key(unit, code));
    if (tookMs > (this.#slowestMs.get(unit) ?? 0)) this.#slowestMs.set(unit, tookMs);
  }

  /** Monotonic time until which no such request may be sent; undefined when it may. */
  heldUntil(unit: number, code: number): number | undefined {
    return this.#missing.get(key(unit, code))?.heldUntil;
  }

  /** How long to listen for a second answer; 0 when nothing is owed. */
  confirmMs(unit: number, code: number): number {
    return this.#missing.has(key(unit, code)) ? this.#quietMs + (this.#slowestMs.get(unit) ?? 0) : 0;
  }

  #came(at: number): void {
    const missing = this.#missing.get(at);
    if (missing === undefined) return;
    missing.owed--;
    if (missing.owed > 0) return;
    this.#missing.delete(at);
    this.#onRelease();
  }
}

function key(unit: number, code: number): number {
  return unit << 8 | code;
}
