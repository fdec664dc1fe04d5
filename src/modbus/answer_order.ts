import { exceptionBytes } from "./frame_length.ts";

/** What an answer shows of its request, and thereby all that tells two answers apart. */
export interface AnswerShape {
  readonly unit: number;
  readonly code: number;
  /** Bytes of the whole answer. */
  readonly length: number;
}

/** Answers of one unit that are reckoned with; beyond that the oldest is given up. */
const mostMissing = 12;

/**
 * Which answers are missing, in the order of their requests. A unit answers in the order in which it is asked: once it
 * has answered a request, the answers to earlier ones cannot come any more, however long they took.
 */
export class AnswerOrder {
  readonly #missing = new Map<number, AnswerShape[]>();

  /** An answer did not come in time. */
  missed(shape: AnswerShape): void {
    this.#missing.set(shape.unit, [...this.#of(shape.unit), shape].slice(-mostMissing));
  }

  /** An answer came that its time had passed for; `frame` at least up to its function. */
  came(frame: Uint8Array): void {
    const [unit = 0, code = 0] = frame;
    const missing = this.#of(unit);
    const index = missing.findIndex((shape) => fits(frame, shape));
    if (index >= 0) this.#missing.set(unit, missing.slice(code > 0x80 ? 1 : index + 1));
  }

  /** A request was answered in time, and its answer could not be taken for a missing one. */
  answered(shape: AnswerShape): void {
    if (this.#missing.size > 0 && !this.#of(shape.unit).some((missing) => equal(missing, shape))) {
      this.#missing.delete(shape.unit);
    }
  }

  /** A request was refused: by its own answer, or by the oldest one that is missing. */
  refused(shape: AnswerShape): void {
    const missing = this.#of(shape.unit);
    if (missing.length > 0) this.#missing.set(shape.unit, [...missing.slice(1), shape]);
  }

  /** Whether an answer is missing that could be taken for one of this shape. */
  lacks(shape: AnswerShape): boolean {
    return this.#missing.size > 0 && this.#of(shape.unit).some((missing) => equal(missing, shape));
  }

  #of(unit: number): readonly AnswerShape[] {
    return this.#missing.get(unit) ?? [];
  }
}

/** Whether `frame` may be the answer of this shape, or the exception in its place. */
export function fits([unit, code = 0, ...rest]: Uint8Array, shape: AnswerShape): boolean {
  const length = rest.length + 2;
  return unit === shape.unit && (code & 0x7f) === shape.code &&
    length === (code > 0x80 ? exceptionBytes : shape.length);
}

function equal(one: AnswerShape, other: AnswerShape): boolean {
  return one.unit === other.unit && one.code === other.code && one.length === other.length;
}
