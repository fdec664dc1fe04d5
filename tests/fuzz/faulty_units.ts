import { exceptionAnswer, readAnswer, type RequestFrame, writeAnswer } from "../../src/modbus/mod.ts";
import type { Chance } from "../crash/chance.ts";

/** Bytes, and their delay after the request in milliseconds. */
export interface Piece {
  readonly afterMs: number;
  readonly bytes: Uint8Array;
}

/** Faults of the units. */
export interface Manners {
  /** Time that the line waits for a first byte. */
  readonly timeoutMs: number;
  /** Percentage of faulty answers. */
  readonly faultPercent: number;
}

type Fate = "late" | "lost" | "truncated" | "torn" | "flipped" | "noise_before" | "noise_behind" | "refused";

const fates: Readonly<Record<Fate, number>> = {
  late: 10,
  lost: 5,
  truncated: 3,
  torn: 2,
  flipped: 3,
  noise_before: 2,
  noise_behind: 2,
  refused: 2,
};

/**
 * Units on a bad line. Every word in an answer is the number of its request, so that an answer identifies its request.
 * A unit answers its requests in order; sometimes it is late for a while.
 */
export class FaultyUnits {
  readonly #chance: Chance;
  readonly #manners: Manners;
  /** Time in milliseconds at which a unit has finished the previous request. */
  readonly #freeAt = new Map<number, number>();
  /** Remaining late answers of a unit. */
  readonly #lateFor = new Map<number, number>();

  constructor(chance: Chance, manners: Manners) {
    this.#chance = chance;
    this.#manners = manners;
  }

  /** @param nth number of the request, from 1 */
  answer(request: RequestFrame, nth: number, nowMs: number): Piece[] {
    const fate = this.#fate(request.unit);
    if (fate === "lost") return [];
    const delayMs = fate === "late" ? this.#lateness() : this.#chance.between(1, 8);
    const startMs = Math.max(nowMs + delayMs, this.#freeAt.get(request.unit) ?? 0);
    const pieces = this.#pieces(fate, answerTo(request, nth, fate === "refused"));
    this.#freeAt.set(request.unit, startMs + (pieces.at(-1)?.afterMs ?? 0) + 1);
    return pieces.map(({ afterMs, bytes }) => ({ afterMs: startMs - nowMs + afterMs, bytes }));
  }

  #fate(unit: number): Fate | undefined {
    const left = this.#lateFor.get(unit) ?? 0;
    if (left > 0) {
      this.#lateFor.set(unit, left - 1);
      return "late";
    }
    if (!this.#chance.happens(this.#manners.faultPercent)) return undefined;
    if (this.#chance.happens(3)) this.#lateFor.set(unit, this.#chance.between(2, 20));
    return this.#chance.weighted(fates);
  }

  /** Around the timeout of the line, or long after it. */
  #lateness(): number {
    const { timeoutMs } = this.#manners;
    return this.#chance.happens(50)
      ? this.#chance.between(timeoutMs - 5, timeoutMs + 40)
      : this.#chance.between(timeoutMs, 8 * timeoutMs);
  }

  #pieces(fate: Fate | undefined, frame: Uint8Array): Piece[] {
    const cut = this.#chance.between(1, frame.length - 1);
    switch (fate) {
      case "truncated":
        return [{ afterMs: 0, bytes: frame.subarray(0, cut) }];
      case "torn":
        return [
          { afterMs: 0, bytes: frame.subarray(0, cut) },
          { afterMs: this.#chance.between(10, 80), bytes: frame.subarray(cut) },
        ];
      case "flipped": {
        const wrong = frame.slice();
        wrong[cut] = (wrong[cut] ?? 0) ^ 1 << this.#chance.between(0, 7);
        return [{ afterMs: 0, bytes: wrong }];
      }
      case "noise_before":
        return [{ afterMs: 0, bytes: Uint8Array.of(...this.#noise(), ...frame) }];
      case "noise_behind":
        return [{ afterMs: 0, bytes: Uint8Array.of(...frame, ...this.#noise()) }];
      default:
        return [{ afterMs: 0, bytes: frame.subarray(0, cut) }, { afterMs: 1, bytes: frame.subarray(cut) }];
    }
  }

  #noise(): number[] {
    return Array.from({ length: this.#chance.between(1, 12) }, () => this.#chance.between(0, 255));
  }
}

function answerTo({ unit, function: code, address, count }: RequestFrame, nth: number, refused: boolean): Uint8Array {
  if (refused) return exceptionAnswer(unit, code, 6);
  if (code === 16) return writeAnswer(unit, address, count);
  const data = new Uint8Array(2 * count);
  for (let word = 0; word < count; word++) new DataView(data.buffer).setUint16(2 * word, nth & 0xffff);
  return readAnswer(unit, code, data);
}
