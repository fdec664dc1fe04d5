import { exceptionBytes } from "./expected_answer.ts";

/** What an answer shows of its request, and thereby all that tells two answers apart. */
export interface AnswerShape {
  readonly unit: number;
  readonly code: number;
  /** Bytes of the whole answer. */
  readonly length: number;
}

/** How long to listen for a second answer before the first is believed; 0: not at all. */
export interface Doubt {
  readonly answerMs: number;
  readonly exceptionMs: number;
}

interface Debt {
  readonly shape: AnswerShape;
  readonly heldUntil: number;
  readonly forgottenAt: number;
}

/** Windows after which an answer that never came is no longer reckoned with. */
const memoryWindows = 8;

/**
 * Keeps answers that come late from being taken for the answer to a later request. An RTU answer shows its unit,
 * function and length but not its request, so while an answer is missing
 *
 * - requests whose answer looks the same are held back for `windowMs`, or until it has come; the line serves others;
 * - for eight times as long the answer to such a request is believed only when no second one follows.
 *
 * What remains: an answer that is later than all that and overtakes the one to an equal request, or one that does so
 * while the unit takes longer than ever before. All times are monotonic milliseconds.
 */
export class LateAnswers {
  readonly #windowMs: number;
  readonly #quietMs: number;
  readonly #slowestMs = new Map<number, number>();
  #debts: Debt[] = [];
  #onRelease = () => {};

  /**
   * @param windowMs how long a request is held back
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

  /** An answer did not come in time. */
  missed(shape: AnswerShape, now: number): void {
    this.#debts = this.#debts.filter((debt) => debt.forgottenAt > now);
    const forgottenAt = now + memoryWindows * this.#windowMs;
    this.#debts.push({ shape, heldUntil: now + this.#windowMs, forgottenAt });
  }

  /** An answer came that its time had passed for; `frame` at least up to its function. */
  came(frame: Uint8Array): void {
    const [unit, code = 0] = frame;
    const index = this.#debts.findIndex(({ shape }) =>
      shape.unit === unit && shape.code === (code & 0x7f) &&
      frame.length === (code > 0x80 ? exceptionBytes : shape.length)
    );
    if (index < 0) return;
    this.#debts.splice(index, 1);
    this.#onRelease();
  }

  /** How long a unit takes to answer, beyond the time on the wire: it is doubted for that much longer. */
  took(unit: number, ms: number): void {
    if (ms > (this.#slowestMs.get(unit) ?? 0)) this.#slowestMs.set(unit, ms);
  }

  /** Time until which no request with such an answer may be sent; undefined when it may. */
  heldUntil(shape: AnswerShape): number | undefined {
    const held = this.#debts.filter((debt) => sameFunction(debt.shape, shape) && debt.shape.length === shape.length);
    return held.length === 0 ? undefined : Math.max(...held.map((debt) => debt.heldUntil));
  }

  /** What is in doubt about the answer to a request that is sent at `now`. */
  doubt(shape: AnswerShape, now: number): Doubt {
    const owed = this.#debts.filter((debt) => debt.forgottenAt > now && sameFunction(debt.shape, shape));
    const ms = this.#quietMs + (this.#slowestMs.get(shape.unit) ?? 0);
    return {
      answerMs: owed.some((debt) => debt.shape.length === shape.length) ? ms : 0,
      exceptionMs: owed.length > 0 ? ms : 0,
    };
  }
}

function sameFunction(one: AnswerShape, other: AnswerShape): boolean {
  return one.unit === other.unit && one.code === other.code;
}
