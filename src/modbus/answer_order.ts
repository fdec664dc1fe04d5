import { exceptionBytes } from "./frame_length.ts";

/** The properties of a request that its answer shows; only these distinguish two answers. */
export interface AnswerShape {
  readonly unit: number;
  readonly code: number;
  /** Length of the whole answer in bytes. */
  readonly length: number;
}

/** The most missing answers that are tracked for one unit; beyond that the oldest is dropped. */
const maxMissing = 12;

/**
 * The missing answers, in the order of their requests. A unit answers requests in order: after it has answered a
 * request, the answers to earlier requests can no longer arrive.
 */
export class AnswerOrder {
  readonly #missing = new Map<number, AnswerShape[]>();

  /** Call it when an answer did not arrive in time. */
  missed(shape: AnswerShape): void {
    this.#missing.set(shape.unit, [...this.#of(shape.unit), shape].slice(-maxMissing));
  }

  /** Call it when a late answer arrives; `frame` must include at least unit and function. */
  arrived(frame: Uint8Array): void {
    const [unit = 0, code = 0] = frame;
    const missing = this.#of(unit);
    const index = missing.findIndex((shape) => fits(frame, shape));
    if (index >= 0) this.#missing.set(unit, missing.slice(code > 0x80 ? 1 : index + 1));
  }

  /** Call it when a request was answered in time, and the answer cannot belong to an earlier request. */
  answered(shape: AnswerShape): void {
    if (this.#missing.size > 0 && !this.#of(shape.unit).some((missing) => equal(missing, shape))) {
      this.#missing.delete(shape.unit);
    }
  }

  /** Call it when an exception arrives: it belongs to this request or to the oldest missing answer. */
  refused(shape: AnswerShape): void {
    const missing = this.#of(shape.unit);
    if (missing.length > 0) this.#missing.set(shape.unit, [...missing.slice(1), shape]);
  }

  /** Whether an answer is missing that looks like an answer of this shape. */
  hasMissing(shape: AnswerShape): boolean {
    return this.#missing.size > 0 && this.#of(shape.unit).some((missing) => equal(missing, shape));
  }

  #of(unit: number): readonly AnswerShape[] {
    return this.#missing.get(unit) ?? [];
  }
}

/** Whether `frame` can be an answer of this shape, or the exception instead. */
export function fits([unit, code = 0, ...rest]: Uint8Array, shape: AnswerShape): boolean {
  const length = rest.length + 2;
  return unit === shape.unit && (code & 0x7f) === shape.code &&
    length === (code > 0x80 ? exceptionBytes : shape.length);
}

function equal(one: AnswerShape, other: AnswerShape): boolean {
  return one.unit === other.unit && one.code === other.code && one.length === other.length;
}
