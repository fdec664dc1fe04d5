import type { Io } from "./io.ts";
import { exactly, lines } from "./safe_text.ts";

type ScreenIo = Pick<Io, "out" | "isTerminal">;

/** A part of the terminal that is drawn again in place, with lasting lines above it. */
export class Screen {
  readonly #io: ScreenIo;
  #drawn = 0;

  constructor(io: ScreenIo) {
    this.#io = io;
  }

  /**
   * Draws `rows` over what was drawn before.
   *
   * @param lasting where nobody looks at a terminal only lasting drawings are kept
   */
  draw(rows: readonly string[], lasting = false): void {
    if (!this.#io.isTerminal && !lasting) return;
    this.#io.out(exactly(this.#back() + lines(...rows)));
    this.#drawn = rows.length;
  }

  /** Writes lines that stay, above what is drawn next. */
  say(...rows: readonly string[]): void {
    this.#io.out(exactly(this.#back() + lines(...rows)));
    this.#drawn = 0;
  }

  #back(): string {
    return this.#io.isTerminal && this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[J` : "";
  }
}
