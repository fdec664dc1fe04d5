import type { Io } from "./io.ts";
import { OutputError } from "./process_output.ts";
import { lines, unescaped } from "./safe_text.ts";

type ScreenIo = Pick<Io, "out">;

/** The size of the terminal. One that does not know it, such as a serial console, has the usual size. */
export function screenSize(io: Pick<Io, "terminalSize">): { readonly rows: number; readonly columns: number } {
  const { rows = 0, columns = 0 } = io.terminalSize() ?? {};
  return { rows: rows || 24, columns: columns || 80 };
}

/**
 * Alternate screen, without a cursor. A row that is too wide ends at the edge, and does not take a second line: some
 * characters are wider than one column, and the terminal may have become narrower.
 */
const enter = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const leave = "\x1b[?7h\x1b[?25h\x1b[?1049l";
const home = "\x1b[H";
/** Clears the line before it is written: after a character in the last column, it would remove that character. */
const clearLine = "\x1b[2K";
const clearBelow = "\x1b[J";

/** The whole terminal, from `enter` to `leave`. Then its previous content returns. */
export class FullScreen {
  readonly #io: ScreenIo;

  constructor(io: ScreenIo) {
    this.#io = io;
  }

  enter(): void {
    this.#io.out(unescaped(enter));
  }

  /** Replaces the content by these rows, of which each fits in one line. */
  draw(rows: readonly string[]): void {
    const text = lines(...rows).split("\n").slice(0, -1).map((row) => `${clearLine}${row}`).join("\r\n");
    // The cursor stays in the last row: a line break there would scroll
    this.#io.out(unescaped(`${home}${text}${clearBelow}`));
  }

  leave(): void {
    try {
      this.#io.out(unescaped(leave));
    } catch (error) {
      // The terminal was closed
      if (!(error instanceof OutputError)) throw error;
    }
  }
}
