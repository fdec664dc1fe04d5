import { type BackgroundStream, writeAll } from "./background_stream.ts";
import type { SafeText } from "./safe_text.ts";

/** What waits beyond this is lost: a reader that has stopped must not fill the memory. */
const mostWaitingBytes = 1_000_000;

/** A piece of the log: a line, or the line that stands for lost ones. */
interface Piece {
  readonly bytes: Uint8Array;
  /** How many lines are lost with it. */
  readonly lines: number;
}

/**
 * Writes log lines in the background. A stream that fails, or that takes nothing, neither stops nor delays the caller.
 * Lines that cannot be written are counted; when writing works again, one line says how many are lost.
 */
export class LogWriter {
  readonly #stream: BackgroundStream;
  readonly #lossLine: (lost: number) => SafeText;
  readonly #encoder = new TextEncoder();
  #waiting: Piece[] = [];
  #waitingBytes = 0;
  #lost = 0;
  /** The last line was written in part: the next one must not continue it. */
  #isTorn = false;
  #writing: Promise<void> | undefined;

  /** @param lossLine the line that says how many lines are lost */
  constructor(stream: BackgroundStream, lossLine: (lost: number) => SafeText) {
    this.#stream = stream;
    this.#lossLine = lossLine;
  }

  /** Takes a line, newline included. Never throws. */
  write(line: SafeText): void {
    const bytes = this.#encoder.encode(line);
    if (this.#waitingBytes + bytes.length > mostWaitingBytes) {
      this.#lost++;
      return;
    }
    this.#reportLoss();
    this.#add({ bytes, lines: 1 });
    this.#writing ??= this.#writeWaiting();
  }

  /** Resolves when all lines are written or lost; after `ms` at the latest, as a stream may never take them. */
  async flush(ms: number): Promise<void> {
    if (this.#writing === undefined) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([this.#writing, late]);
    clearTimeout(timer);
  }

  /** Puts the line about lost lines where they are missing. */
  #reportLoss(): void {
    if (this.#lost === 0) return;
    this.#add({ bytes: this.#encoder.encode(this.#lossLine(this.#lost)), lines: this.#lost });
    this.#lost = 0;
  }

  #add(piece: Piece): void {
    this.#waiting.push(piece);
    this.#waitingBytes += piece.bytes.length;
  }

  async #writeWaiting(): Promise<void> {
    let works = true;
    while (this.#waiting.length > 0) {
      works = await this.#writePieces(this.#waiting.splice(0));
      if (works && this.#waiting.length === 0) this.#reportLoss();
    }
    this.#writing = undefined;
  }

  /** @returns whether all went out */
  async #writePieces(pieces: readonly Piece[]): Promise<boolean> {
    const start = this.#isTorn ? Uint8Array.of(0x0a) : new Uint8Array();
    const bytes = joined([start, ...pieces.map((piece) => piece.bytes)]);
    const { written, error } = await writeAll(this.#stream, bytes);
    let end = start.length;
    for (const piece of pieces) {
      const begin = end;
      end += piece.bytes.length;
      this.#waitingBytes -= piece.bytes.length;
      if (end <= written) this.#isTorn = false;
      else {
        this.#lost += piece.lines;
        if (written > begin) this.#isTorn = true;
      }
    }
    return error === undefined;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
