import type { Io } from "./io.ts";

type ScreenIo = Pick<Io, "out" | "isTerminal">;

/** A part of the terminal that is drawn again in place, with lasting lines above it. */
export class Screen {
  readonly #io: ScreenIo;
  #drawn = 0;

  constructor(io: ScreenIo) {
    this.#io = io;
  }

  /**
   * Draws `lines` over what was drawn before.
   *
   * @param lasting where nobody looks at a terminal only lasting drawings are kept
   */
  draw(lines: readonly string[], lasting = false): void {
    if (!this.#io.isTerminal && !lasting) return;
    this.#io.out(this.#back() + lines.map((line) => `${line}\n`).join(""));
    this.#drawn = lines.length;
  }

  /** Writes a line that stays, above what is drawn next. */
  say(line: string): void {
    this.#io.out(`${this.#back()}${line}\n`);
    this.#drawn = 0;
  }

  #back(): string {
    return this.#io.isTerminal && this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[J` : "";
  }
}
