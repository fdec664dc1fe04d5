import type { Time } from "../base/time.ts";
import type { Io } from "./io.ts";
import { exactly, lines, type SafeText } from "./safe_text.ts";

/** The least time between two lines where standard error is not a terminal. */
const quietMs = 10_000;

type ProgressIo = Pick<Io, "err" | "errIsTerminal">;

/** The progress of something on standard error: one line that is redrawn on a terminal, else a line at intervals. */
export class ProgressLine {
  readonly #io: ProgressIo;
  readonly #time: Time;
  #drawn = false;
  #quietUntil: number;

  constructor(io: ProgressIo, time: Time) {
    this.#io = io;
    this.#time = time;
    this.#quietUntil = time.mono() + quietMs;
  }

  /** Shows how far it is. */
  show(text: string): void {
    if (this.#io.errIsTerminal) {
      this.clear();
      this.#io.err(exactly(lines(text).replace(/\n$/, "")));
      this.#drawn = true;
    } else if (this.#time.mono() >= this.#quietUntil) {
      this.#quietUntil = this.#time.mono() + quietMs;
      this.#io.err(lines(text));
    }
  }

  /** Writes lines that are not overwritten. */
  say(text: SafeText): void {
    this.clear();
    this.#io.err(text);
  }

  /** Removes the line. */
  clear(): void {
    if (this.#drawn) this.#io.err(exactly("\r\x1b[K"));
    this.#drawn = false;
  }
}

/** How long something still lasts, for people: `about 40 s`, `about 3 min`. */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 100) return `about ${seconds} s`;
  return `about ${Math.round(seconds / 60)} min`;
}
