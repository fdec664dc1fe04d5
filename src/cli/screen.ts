import type { Io } from "./io.ts";
import { lines, unescaped } from "./safe_text.ts";

type ScreenIo = Pick<Io, "out" | "isTerminal">;

/** A part of the terminal that is redrawn in place, with permanent lines above it. */
export class Screen {
  readonly #io: ScreenIo;
  #drawn = 0;

  constructor(io: ScreenIo) {
    this.#io = io;
  }

  /**
   * Draws `rows` over the previous drawing.
   *
   * @param permanent if standard output is not a terminal, only permanent drawings are written
   */
  draw(rows: readonly string[], permanent = false): void {
    if (!this.#io.isTerminal && !permanent) return;
    this.#io.out(unescaped(this.#back() + lines(...rows)));
    this.#drawn = rows.length;
  }

  /** Prints permanent lines above the next drawing. */
  print(...rows: readonly string[]): void {
    this.#io.out(unescaped(this.#back() + lines(...rows)));
    this.#drawn = 0;
  }

  #back(): string {
    return this.#io.isTerminal && this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[J` : "";
  }
}
