import { Buffer } from "node:buffer";
import type { Tap } from "../../bridge/mod.ts";
import { spacedHex } from "../base/hex.ts";
import type { Time } from "../base/time.ts";
import type { Mask } from "./mask.ts";

/** Bytes as the system took them or handed them over. */
interface Piece {
  readonly direction: Parameters<Tap>[0];
  /** Milliseconds since the log began. */
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

/** How an answer came in. */
export interface AnswerPieces {
  /** From the request's handing over to the first piece, in milliseconds. */
  readonly firstMs: number;
  /** Longest time between two pieces, in milliseconds; 0 for one piece. */
  readonly longestGapMs: number;
}

/** Everything that went over the wire, with its time. */
export class FrameLog {
  readonly #time: Time;
  readonly #startMs: number;
  readonly #pieces: Piece[] = [];

  constructor(time: Time) {
    this.#time = time;
    this.#startMs = time.mono();
  }

  /** What the line takes. */
  readonly tap: Tap = (direction, bytes) => {
    this.#pieces.push({ direction, bytes, atMs: this.#time.mono() - this.#startMs });
  };

  /** The last request and what came after it; undefined where nothing came. */
  lastAnswer(): AnswerPieces | undefined {
    const sentAt = this.#pieces.findLastIndex(({ direction }) => direction === "sent");
    const [sent, first, ...rest] = this.#pieces.slice(Math.max(0, sentAt));
    if (sent === undefined || first === undefined) return undefined;
    const times = [first, ...rest].map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
    return { firstMs: first.atMs - sent.atMs, longestGapMs: Math.max(0, ...gaps) };
  }

  /** One line a piece: seconds since the log began, `>` sent or `<` received, and the bytes. */
  lines(mask: Mask): string[] {
    return masked(this.#pieces, mask).map(({ direction, atMs, bytes }) =>
      `${(atMs / 1000).toFixed(4).padStart(10)} ${direction === "sent" ? ">" : "<"} ${spacedHex(bytes, 1)}`
    );
  }
}

/** What is to be masked may be spread over the pieces of one answer. */
function masked(pieces: readonly Piece[], mask: Mask): Piece[] {
  const result: Piece[] = [];
  for (let from = 0; from < pieces.length;) {
    const { direction } = pieces[from] as Piece;
    const behind = pieces.findIndex((piece, index) => index > from && piece.direction !== direction);
    const run = pieces.slice(from, behind < 0 ? undefined : behind);
    let rest = mask.bytes(Buffer.concat(run.map(({ bytes }) => bytes)));
    for (const piece of run) {
      result.push({ ...piece, bytes: rest.subarray(0, piece.bytes.length) });
      rest = rest.subarray(piece.bytes.length);
    }
    from += run.length;
  }
  return result;
}
