import { AnswerOrder, type AnswerShape, fits } from "../modbus/mod.ts";
import { answerShape, type LineRequest } from "./line_request.ts";

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

/** The first answer is believed at once. */
export const noDoubt: Doubt = { answerMs: 0, exceptionMs: 0 };

/** Windows after which an answer that never came is no longer reckoned with. */
const memoryWindows = 8;

/**
 * Keeps answers that come late from being taken for the answer to a later request. An RTU answer shows its unit,
 * function and length but not its request, so while an answer is missing
 *
 * - requests whose answer looks the same are held back for `windowMs`, or until it has come; the line serves others;
 * - for eight times as long the answer to such a request is believed only when no second one follows;
 * - before such a request the unit is asked for something whose answer looks different, see {@linkcode AnswerOrder}:
 *   a unit that is always late never gets one answer behind.
 *
 * What remains: an answer that is overtaken by later ones and comes, that late, just when an equal one is due. All times
 * are monotonic milliseconds.
 */
export class LateAnswers {
  readonly #windowMs: number;
  readonly #quietMs: number;
  readonly #slowestMs = new Map<number, number>();
  readonly #order = new AnswerOrder();
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

  /**
   * An answer did not come in time, or damaged.
   *
   * @param owed false: what came was most likely the answer, so that no request is held back for it
   */
  missed(shape: AnswerShape, now: number, owed: boolean): void {
    // What came damaged may also have been the rest of an older answer.
    this.#order.missed(shape);
    if (!owed) return;
    this.#debts = this.#debts.filter((debt) => debt.forgottenAt > now);
    const forgottenAt = now + memoryWindows * this.#windowMs;
    this.#debts.push({ shape, heldUntil: now + this.#windowMs, forgottenAt });
  }

  /** An answer came that its time had passed for; `frame` at least up to its function. */
  came(frame: Uint8Array): void {
    this.#order.came(frame);
    const index = this.#debts.findIndex(({ shape }) => fits(frame, shape));
    if (index < 0) return;
    this.#debts.splice(index, 1);
    this.#onRelease();
  }

  /** A request got its answer, or a refusal in its place. */
  ended(shape: AnswerShape, refused: boolean): void {
    if (refused) this.#order.refused(shape);
    else this.#order.answered(shape);
  }

  /**
   * A read to send before `request`, so that all older answers have come; undefined when none could be mistaken.
   *
   * @param shape of the request's answer
   */
  probe(request: LineRequest, shape: AnswerShape): LineRequest | undefined {
    if (request.code !== 4 || !this.#order.lacks(shape)) return undefined;
    for (let words = 1; true; words++) {
      const probe = { ...request, words };
      if (!this.#order.lacks(answerShape(probe))) return probe;
    }
  }

  /** How long a unit takes to answer, beyond the time on the wire: it is doubted for that much longer. */
  took(unit: number, ms: number): void {
    if (ms > (this.#slowestMs.get(unit) ?? 0)) this.#slowestMs.set(unit, ms);
  }

  /** Time until which no request with such an answer may be sent; undefined when it may. */
  heldUntil(shape: AnswerShape): number | undefined {
    if (this.#debts.length === 0) return undefined;
    const held = this.#debts.filter((debt) => sameFunction(debt.shape, shape) && debt.shape.length === shape.length);
    return held.length === 0 ? undefined : Math.max(...held.map((debt) => debt.heldUntil));
  }

  /** What is in doubt about the answer to a request that is sent at `now`. */
  doubt(shape: AnswerShape, now: number): Doubt {
    if (this.#debts.length === 0) return noDoubt;
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
