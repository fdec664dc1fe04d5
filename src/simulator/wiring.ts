import type { RequestFrame } from "../modbus/mod.ts";
import { seeded } from "./random.ts";

/** A meter with the same unit id as another one. */
interface SecondMeter {
  respond(request: RequestFrame): Uint8Array | undefined;
}

/** A wiring fault of a simulated line. */
export type Wiring =
  /** A and B are swapped: no meter receives a valid request. */
  | { readonly kind: "swapped" }
  /** Two meters have the same unit id: both answer at once. */
  | { readonly kind: "doubled"; readonly second: SecondMeter }
  /** The termination is missing: reflections damage some frames. */
  | { readonly kind: "unterminated" };

/** The shares of requests and answers that arrive damaged. */
const damaged = { requests: 0.05, answers: 0.2 } as const;
/** Two meters with the same unit id start their answers within this number of bytes. */
const lateBytes = 3;

/** Simulates a wiring fault; the same in every run. */
export class FaultyWiring {
  readonly #wiring: Wiring;
  readonly #random = seeded(1);

  constructor(wiring: Wiring) {
    this.#wiring = wiring;
  }

  /**
   * Returns the bytes of an answer that arrive.
   *
   * @param secondAnswer returns the answer of a second meter with this unit id
   */
  carry(answer: Uint8Array | undefined, secondAnswer: () => Uint8Array | undefined): Uint8Array | undefined {
    switch (this.#wiring.kind) {
      case "swapped":
        return undefined;
      case "doubled": {
        const other = secondAnswer();
        return answer === undefined || other === undefined ? answer ?? other : this.#collide(answer, other);
      }
      case "unterminated":
        return answer && this.#damage(answer);
    }
  }

  /** If two meters drive the line, the low level wins. The first bytes of the earlier answer are not disturbed. */
  #collide(one: Uint8Array, other: Uint8Array): Uint8Array {
    const late = this.#below(lateBytes);
    return Uint8Array.from({ length: Math.max(one.length, late + other.length) }, (_, index) => {
      return (one[index] ?? 0xff) & (other[index - late] ?? 0xff);
    });
  }

  #damage(answer: Uint8Array): Uint8Array | undefined {
    const chance = this.#next();
    if (chance < damaged.requests) return undefined;
    if (chance >= damaged.requests + damaged.answers) return answer;
    const at = this.#below(answer.length);
    const bit = 1 << this.#below(8);
    return answer.map((byte, index) => index === at ? byte ^ bit : byte);
  }

  #below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  #next(): number {
    return this.#random.next().value;
  }
}
