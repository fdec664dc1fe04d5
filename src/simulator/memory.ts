import { hex } from "../base/hex.ts";
import { exceptions } from "../modbus/mod.ts";
import { Refusal } from "./refusal.ts";

/** Consecutive registers that belong together. */
export interface Segment {
  readonly at: number;
  readonly words: number;
  /** All words as they are now. */
  read(): Uint8Array;
  /** Takes whole words from `offset` bytes on; absent: read-only. @throws {Refusal} */
  write?(bytes: Uint8Array, offset: number): void;
  /** Whether a write may cover only a part of it. @default false */
  readonly partial?: boolean;
}

/** The registers of a meter: a transfer may cover several segments without a gap, none that does not exist. */
export class Memory {
  readonly #segments: readonly Segment[];

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
  }

  /** @throws {Refusal} illegal address where a register does not exist */
  read(address: number, words: number): Uint8Array {
    const bytes = new Uint8Array(words * 2);
    for (const { segment, from, to } of this.#pieces(address, words)) {
      const part = segment.read().subarray((from - segment.at) * 2, (to - segment.at) * 2);
      bytes.set(part, (from - address) * 2);
    }
    return bytes;
  }

  /** @throws {Refusal} illegal address where a register does not exist or cannot be written; nothing is written then */
  write(address: number, bytes: Uint8Array): void {
    const steps: (() => void)[] = [];
    for (const { segment, from, to } of this.#pieces(address, bytes.length / 2)) {
      const whole = to - from === segment.words;
      const write = segment.write?.bind(segment);
      if (write === undefined || (!whole && !segment.partial)) {
        throw new Refusal(exceptions.illegalAddress, `Register ${hex(from)}h cannot be written so`);
      }
      const part = bytes.slice((from - address) * 2, (to - address) * 2);
      steps.push(() => write(part, (from - segment.at) * 2));
    }
    for (const step of steps) step();
  }

  *#pieces(address: number, words: number): Generator<{ segment: Segment; from: number; to: number }> {
    const end = address + words;
    for (let from = address; from < end;) {
      const segment = this.#segments.find(({ at, words }) => from >= at && from < at + words);
      if (segment === undefined) throw new Refusal(exceptions.illegalAddress, `There is no register ${hex(from)}h`);
      const to = Math.min(end, segment.at + segment.words);
      yield { segment, from, to };
      from = to;
    }
  }
}

/** Registers that show what `read` says. */
export function shown(at: number, words: number, read: () => Uint8Array): Segment {
  return { at, words, read };
}

/** Registers that keep what is written, any part of them. */
export function kept(at: number, words: number): Segment & { readonly bytes: Uint8Array } {
  const bytes = new Uint8Array(words * 2);
  return { at, words, bytes, partial: true, read: () => bytes, write: (part, offset) => bytes.set(part, offset) };
}
