import { AnswerOrder, type AnswerShape, fits } from "../modbus/mod.ts";
import { answerShape, type LineRequest } from "./line_request.ts";

/** How long to wait for a second answer before the first one is accepted; 0: no wait. */
export interface SecondAnswerWait {
  readonly answerMs: number;
  readonly exceptionMs: number;
}

interface MissingAnswer {
  readonly shape: AnswerShape;
  readonly heldUntil: number;
  readonly expiresAt: number;
}

/** The first answer is accepted at once. */
export const noWait: SecondAnswerWait = { answerMs: 0, exceptionMs: 0 };

/** After this many windows, a missing answer is no longer expected. */
const memoryWindows = 8;

/**
 * Prevents late answers from being accepted as the answer to a later request. An RTU answer contains its unit, function
 * and length, but not its request. Therefore, while an answer is missing:
 *
 * - requests whose answer looks the same are held back for `windowMs`, or until the missing answer has arrived; other
 *   requests use the line;
 * - for eight times as long, the answer to such a request is accepted only if no second answer follows;
 * - before such a request, a probe is sent to the unit whose answer looks different, see {@linkcode AnswerOrder}, so
 *   that a unit that is always late never gets one answer behind.
 *
 * One case remains: an answer that arrives after later answers, and exactly when an equal answer is due. All times are
 * monotonic milliseconds.
 */
export class LateAnswers {
  readonly #windowMs: number;
  readonly #quietMs: number;
  readonly #slowestMs = new Map<number, number>();
  readonly #order = new AnswerOrder();
  #missing: MissingAnswer[] = [];
  #onRelease = () => {};

  /**
   * @param windowMs how long a request is held back
   * @param quietMs shortest time without a second answer after which the first one is accepted
   */
  constructor(windowMs: number, quietMs: number) {
    this.#windowMs = windowMs;
    this.#quietMs = quietMs;
  }

  /** Calls `listener` whenever a request is no longer held back because its answer has arrived. */
  onRelease(listener: () => void): void {
    this.#onRelease = listener;
  }

  /**
   * Call it when an answer did not arrive in time, or was damaged.
   *
   * @param canArriveLate false: the received bytes were most likely the answer, so no request is held back for it
   */
  missed(shape: AnswerShape, now: number, canArriveLate: boolean): void {
    // The damaged bytes may also have been the rest of an older answer
    this.#order.missed(shape);
    if (!canArriveLate) return;
    this.#missing = this.#missing.filter((answer) => answer.expiresAt > now);
    const expiresAt = now + memoryWindows * this.#windowMs;
    this.#missing.push({ shape, heldUntil: now + this.#windowMs, expiresAt });
  }

  /** Call it when a late answer arrives; `frame` must include at least unit and function. */
  arrived(frame: Uint8Array): void {
    this.#order.arrived(frame);
    const index = this.#missing.findIndex(({ shape }) => fits(frame, shape));
    if (index < 0) return;
    this.#missing.splice(index, 1);
    this.#onRelease();
  }

  /** Call it when a request has its answer, or a refusal instead. */
  ended(shape: AnswerShape, refused: boolean): void {
    if (refused) this.#order.refused(shape);
    else this.#order.answered(shape);
  }

  /**
   * A probe: a read to send before `request`, so that all older answers have arrived; undefined: no answer can be
   * confused.
   *
   * @param shape of the request's answer
   */
  probe(request: LineRequest, shape: AnswerShape): LineRequest | undefined {
    if (request.function !== 4 || !this.#order.hasMissing(shape)) return undefined;
    for (let words = 1; true; words++) {
      const probe = { ...request, words };
      if (!this.#order.hasMissing(answerShape(probe))) return probe;
    }
  }

  /**
   * Sets the turnaround of a unit, beyond the time on the wire; the wait for a second answer is longer by this time.
   */
  setTurnaround(unit: number, ms: number): void {
    if (ms > (this.#slowestMs.get(unit) ?? 0)) this.#slowestMs.set(unit, ms);
  }

  /** Time until which no request with such an answer may be sent; undefined: it may be sent now. */
  heldUntil(shape: AnswerShape): number | undefined {
    if (this.#missing.length === 0) return undefined;
    const held = this.#missing.filter((answer) =>
      sameFunction(answer.shape, shape) && answer.shape.length === shape.length
    );
    return held.length === 0 ? undefined : Math.max(...held.map((answer) => answer.heldUntil));
  }

  /** How long to wait for a second answer to a request that is sent at `now`. */
  secondAnswerWait(shape: AnswerShape, now: number): SecondAnswerWait {
    if (this.#missing.length === 0) return noWait;
    const similar = this.#missing.filter((answer) => answer.expiresAt > now && sameFunction(answer.shape, shape));
    const ms = this.#quietMs + (this.#slowestMs.get(shape.unit) ?? 0);
    return {
      answerMs: similar.some((answer) => answer.shape.length === shape.length) ? ms : 0,
      exceptionMs: similar.length > 0 ? ms : 0,
    };
  }
}

function sameFunction(one: AnswerShape, other: AnswerShape): boolean {
  return one.unit === other.unit && one.code === other.code;
}
