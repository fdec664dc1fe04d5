import { Buffer } from "node:buffer";
import type { Tap } from "../../bridge/mod.ts";
import { spacedHex } from "../base/hex.ts";
import type { Time } from "../base/time.ts";
import type { Mask } from "./mask.ts";

/** Bytes of one read or write. */
interface Chunk {
  readonly direction: Parameters<Tap>[0];
  /** Milliseconds since the start. */
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

/** How an answer arrived. */
export interface AnswerTiming {
  /** Time from the request to the first bytes, in milliseconds. */
  readonly firstMs: number;
  /** Longest pause within the answer, in milliseconds; 0 if it arrived at once. */
  readonly longestGapMs: number;
}

/** All bytes on the wire, with their times. */
export class FrameLog {
  readonly #time: Time;
  readonly #startMs: number;
  readonly #chunks: Chunk[] = [];

  constructor(time: Time) {
    this.#time = time;
    this.#startMs = time.mono();
  }

  /** The tap to pass to a line. */
  readonly tap: Tap = (direction, bytes) => {
    this.#chunks.push({ direction, bytes, atMs: this.#time.mono() - this.#startMs });
  };

  /** Timing of the answer to the last request; undefined if there is none. */
  lastAnswer(): AnswerTiming | undefined {
    const sentAt = this.#chunks.findLastIndex(({ direction }) => direction === "sent");
    const [sent, first, ...rest] = this.#chunks.slice(Math.max(0, sentAt));
    if (sent === undefined || first === undefined) return undefined;
    const times = [first, ...rest].map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
    return { firstMs: first.atMs - sent.atMs, longestGapMs: Math.max(0, ...gaps) };
  }

  /** One line for each read or write: seconds since the start, `>` sent or `<` received, and the bytes. */
  lines(mask: Mask): string[] {
    return masked(this.#chunks, mask).map(({ direction, atMs, bytes }) =>
      `${(atMs / 1000).toFixed(4).padStart(10)} ${direction === "sent" ? ">" : "<"} ${spacedHex(bytes, 1)}`
    );
  }
}

/** A text to mask can span several chunks of one answer. */
function masked(chunks: readonly Chunk[], mask: Mask): Chunk[] {
  const result: Chunk[] = [];
  for (let from = 0; from < chunks.length;) {
    const { direction } = chunks[from] as Chunk;
    const behind = chunks.findIndex((chunk, index) => index > from && chunk.direction !== direction);
    const run = chunks.slice(from, behind < 0 ? undefined : behind);
    let rest = mask.bytes(Buffer.concat(run.map(({ bytes }) => bytes)));
    for (const chunk of run) {
      result.push({ ...chunk, bytes: rest.subarray(0, chunk.bytes.length) });
      rest = rest.subarray(chunk.bytes.length);
    }
    from += run.length;
  }
  return result;
}
