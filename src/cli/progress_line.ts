import type { Time } from "../base/time.ts";
import type { Io } from "./io.ts";
import { lines, type SafeText, unescaped } from "./safe_text.ts";

/** Minimum time between two lines if standard error is not a terminal. */
const minIntervalMs = 10_000;

type ProgressIo = Pick<Io, "err" | "errIsTerminal">;

/** Shows progress on standard error: one line that is redrawn on a terminal, else a line at intervals. */
export class ProgressLine {
  readonly #io: ProgressIo;
  readonly #time: Time;
  #drawn = false;
  #nextLineAtMs: number;

  constructor(io: ProgressIo, time: Time) {
    this.#io = io;
    this.#time = time;
    this.#nextLineAtMs = time.mono() + minIntervalMs;
  }

  /** Shows the current progress. */
  show(text: string): void {
    if (this.#io.errIsTerminal) {
      this.clear();
      this.#io.err(unescaped(lines(text).replace(/\n$/, "")));
      this.#drawn = true;
    } else if (this.#time.mono() >= this.#nextLineAtMs) {
      this.#nextLineAtMs = this.#time.mono() + minIntervalMs;
      this.#io.err(lines(text));
    }
  }

  /** Prints lines that stay. */
  print(text: SafeText): void {
    this.clear();
    this.#io.err(text);
  }

  /** Removes the line. */
  clear(): void {
    if (this.#drawn) this.#io.err(unescaped("\r\x1b[K"));
    this.#drawn = false;
  }
}

/** Formats a remaining time: `about 40 s`, `about 3 min`. */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 100) return `about ${seconds} s`;
  return `about ${Math.round(seconds / 60)} min`;
}
