import { type BackgroundStream, writeAll } from "./background_stream.ts";
import type { SafeText } from "./safe_text.ts";

/** Limit of the queue. Lines beyond it are lost, so that a stopped reader does not fill the memory. */
const maxWaitingBytes = 1_000_000;

/** One entry of the queue: a log line, or the line that reports lost lines. */
interface Entry {
  readonly bytes: Uint8Array;
  /** How many lines are lost if this entry is lost. */
  readonly lines: number;
}

/**
 * Writes log lines in the background. A stream that fails or blocks does not stop or delay the caller. Lines that
 * cannot be written are counted. When writing works again, one line reports how many are lost.
 */
export class LogWriter {
  readonly #stream: BackgroundStream;
  readonly #lossLine: (lost: number) => SafeText;
  readonly #encoder = new TextEncoder();
  #waiting: Entry[] = [];
  #waitingBytes = 0;
  #lost = 0;
  /** The last line was written only in part: the next line must start on a new line. */
  #isLastLineCut = false;
  #writing: Promise<void> | undefined;

  /** @param lossLine creates the line that reports lost lines */
  constructor(stream: BackgroundStream, lossLine: (lost: number) => SafeText) {
    this.#stream = stream;
    this.#lossLine = lossLine;
  }

  /** Queues a line with its newline. Never throws. */
  write(line: SafeText): void {
    const bytes = this.#encoder.encode(line);
    if (this.#waitingBytes + bytes.length > maxWaitingBytes) {
      this.#lost++;
      return;
    }
    this.#reportLoss();
    this.#add({ bytes, lines: 1 });
    this.#writing ??= this.#writeWaiting();
  }

  /** Resolves when all lines are written or lost, after `ms` at the latest. */
  async flush(ms: number): Promise<void> {
    if (this.#writing === undefined) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([this.#writing, late]);
    clearTimeout(timer);
  }

  /** Adds the line about lost lines in their place. */
  #reportLoss(): void {
    if (this.#lost === 0) return;
    this.#add({ bytes: this.#encoder.encode(this.#lossLine(this.#lost)), lines: this.#lost });
    this.#lost = 0;
  }

  #add(entry: Entry): void {
    this.#waiting.push(entry);
    this.#waitingBytes += entry.bytes.length;
  }

  async #writeWaiting(): Promise<void> {
    let works = true;
    while (this.#waiting.length > 0) {
      works = await this.#writeEntries(this.#waiting.splice(0));
      if (works && this.#waiting.length === 0) this.#reportLoss();
    }
    this.#writing = undefined;
  }

  /** @returns whether everything was written */
  async #writeEntries(entries: readonly Entry[]): Promise<boolean> {
    const start = this.#isLastLineCut ? Uint8Array.of(0x0a) : new Uint8Array();
    const bytes = joined([start, ...entries.map((entry) => entry.bytes)]);
    const { written, error } = await writeAll(this.#stream, bytes);
    let end = start.length;
    for (const entry of entries) {
      const begin = end;
      end += entry.bytes.length;
      this.#waitingBytes -= entry.bytes.length;
      if (end <= written) this.#isLastLineCut = false;
      else {
        this.#lost += entry.lines;
        if (written > begin) this.#isLastLineCut = true;
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
