import { hex } from "../base/hex.ts";
import { exceptions } from "../modbus/mod.ts";
import { Refusal } from "./protocol.ts";

/** Consecutive registers that belong together. */
export interface Segment {
  readonly at: number;
  readonly words: number;
  /** Returns the current words. */
  read(): Uint8Array;
  /** Writes complete words at a byte offset; absent: read-only. @throws {Refusal} */
  write?(bytes: Uint8Array, offset: number): void;
  /** Whether a write may cover only a part of the segment. @default false */
  readonly partial?: boolean;
}

/** The registers of a meter. A transfer can cover several segments without a gap, but no missing register. */
export class Memory {
  readonly #segments: readonly Segment[];

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
  }

  /** @throws {Refusal} illegal address: a register does not exist */
  read(address: number, words: number): Uint8Array {
    const bytes = new Uint8Array(words * 2);
    for (const { segment, from, to } of this.#parts(address, words)) {
      const part = segment.read().subarray((from - segment.at) * 2, (to - segment.at) * 2);
      bytes.set(part, (from - address) * 2);
    }
    return bytes;
  }

  /** @throws {Refusal} illegal address: a register does not exist or cannot be written; nothing is written then */
  write(address: number, bytes: Uint8Array): void {
    const steps: (() => void)[] = [];
    for (const { segment, from, to } of this.#parts(address, bytes.length / 2)) {
      const whole = to - from === segment.words;
      const write = segment.write?.bind(segment);
      if (write === undefined || (!whole && !segment.partial)) {
        throw new Refusal(exceptions.illegalAddress, `Register ${hex(from)}h cannot be written in this way`);
      }
      const part = bytes.slice((from - address) * 2, (to - address) * 2);
      steps.push(() => write(part, (from - segment.at) * 2));
    }
    for (const step of steps) step();
  }

  *#parts(address: number, words: number): Generator<{ segment: Segment; from: number; to: number }> {
    const end = address + words;
    for (let from = address; from < end;) {
      const segment = this.#segments.find(({ at, words }) => from >= at && from < at + words);
      if (segment === undefined) throw new Refusal(exceptions.illegalAddress, `Register ${hex(from)}h does not exist`);
      const to = Math.min(end, segment.at + segment.words);
      yield { segment, from, to };
      from = to;
    }
  }
}

/** Registers whose content is the result of `read`. */
export function readOnly(at: number, words: number, read: () => Uint8Array): Segment {
  return { at, words, read };
}

/** Registers that store written words, also in part. */
export function writable(at: number, words: number): Segment & { readonly bytes: Uint8Array } {
  const bytes = new Uint8Array(words * 2);
  return { at, words, bytes, partial: true, read: () => bytes, write: (part, offset) => bytes.set(part, offset) };
}
