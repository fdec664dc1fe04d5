import type { RequestFrame } from "../modbus/mod.ts";
import { seeded } from "./random.ts";

/** A meter that answers beside another one. */
interface Twin {
  respond(request: RequestFrame): Uint8Array | undefined;
}

/** What is wrong with the cable of a simulated line. */
export type Wiring =
  /** A and B change places: no meter understands a request. */
  | { readonly kind: "swapped" }
  /** A second meter has the unit id of another one: both answer at once. */
  | { readonly kind: "doubled"; readonly twin: Twin }
  /** The ends lack their resistors: echoes from them damage some of the frames. */
  | { readonly kind: "unterminated" };

/** The parts of requests and of answers that do not arrive whole. */
const damaged = { requests: 0.05, answers: 0.2 } as const;
/** Meters that were asked the same begin to answer within this many bytes. */
const lateBytes = 3;

/** What a wiring that is not good makes of answers: the same every time. */
export class FaultyWiring {
  readonly #wiring: Wiring;
  readonly #chance = seeded(1);

  constructor(wiring: Wiring) {
    this.#wiring = wiring;
  }

  /**
   * What arrives of an answer.
   *
   * @param twins what a second meter of this unit answers to the same request
   */
  carry(answer: Uint8Array | undefined, twins: () => Uint8Array | undefined): Uint8Array | undefined {
    switch (this.#wiring.kind) {
      case "swapped":
        return undefined;
      case "doubled": {
        const other = twins();
        return answer === undefined || other === undefined ? answer ?? other : this.#collide(answer, other);
      }
      case "unterminated":
        return answer && this.#damage(answer);
    }
  }

  /** Where two meters drive the line, the low level wins; the first bytes of the one that begins first are not disturbed. */
  #collide(one: Uint8Array, other: Uint8Array): Uint8Array {
    const late = this.#below(lateBytes);
    return Uint8Array.from({ length: Math.max(one.length, late + other.length) }, (_, index) => {
      return (one[index] ?? 0xff) & (other[index - late] ?? 0xff);
    });
  }

  #damage(answer: Uint8Array): Uint8Array | undefined {
    const luck = this.#next();
    if (luck < damaged.requests) return undefined;
    if (luck >= damaged.requests + damaged.answers) return answer;
    const at = this.#below(answer.length);
    const bit = 1 << this.#below(8);
    return answer.map((byte, index) => index === at ? byte ^ bit : byte);
  }

  #below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  #next(): number {
    return this.#chance.next().value;
  }
}
