const escape = "\x1b";
const sequence = new RegExp(`^${escape}\\[([?0-9;]*)([A-Za-z])`);
const beginning = new RegExp(`^${escape}(\\[[?0-9;]*)?$`);

/** What a user sees on a terminal: the rows of the screen, after text with the control sequences of this product. */
export class TerminalScreen {
  #columns: number;
  #rows: number;
  #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  #pending = "";
  #below: { readonly lines: string[][]; readonly row: number; readonly column: number } | undefined;
  readonly #scrolled: string[] = [];
  #wraps = true;
  hasCursor = true;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
  }

  /** Whether a text that is too wide takes several lines. */
  get wraps(): boolean {
    return this.#wraps;
  }

  /** Whether the alternate screen is shown. */
  get isAlternate(): boolean {
    return this.#below !== undefined;
  }

  /** The shown lines, without the blanks at their ends. */
  get lines(): string[] {
    return this.#lines.map(textOf);
  }

  get text(): string {
    return this.lines.join("\n");
  }

  /** The lines that left the screen at its top. */
  get scrolled(): readonly string[] {
    return this.#scrolled;
  }

  /** @param columns 0: the terminal does not report its size, which is the usual one */
  resize(columns: number, rows: number): void {
    this.#columns = columns || 80;
    this.#rows = rows || 24;
    this.#row = Math.min(this.#row, this.#rows - 1);
    this.#lines = this.#lines.slice(-this.#rows);
  }

  /** @throws {RangeError} a control sequence that this product does not use */
  write(text: string): void {
    let rest = this.#pending + text;
    this.#pending = "";
    while (rest !== "") {
      const [control, parameters = "", final = ""] = sequence.exec(rest) ?? [];
      if (control !== undefined) {
        this.#control(parameters + final, Number.parseInt(parameters) || 1);
        rest = rest.slice(control.length);
      } else if (beginning.test(rest)) {
        this.#pending = rest;
        return;
      } else {
        this.#character(rest.slice(0, 1));
        rest = rest.slice(1);
      }
    }
  }

  #character(character: string): void {
    if (character === "\r") this.#column = 0;
    else if (character === "\n") this.#down();
    else if (character < " ") throw new RangeError(`control character ${JSON.stringify(character)}`);
    else {
      // A terminal begins the next line only with the character that does not fit
      if (this.#column >= this.#columns) {
        if (this.#wraps) {
          this.#column = 0;
          this.#down();
        } else this.#column = this.#columns - 1;
      }
      this.#line()[this.#column++] = character;
    }
  }

  #down(): void {
    if (this.#row < this.#rows - 1) this.#row++;
    else {
      this.#line();
      this.#scrolled.push(textOf(this.#lines.shift() ?? []));
    }
    this.#line();
  }

  #line(): string[] {
    while (this.#lines.length <= this.#row) this.#lines.push([]);
    return this.#lines[this.#row] ??= [];
  }

  #control(what: string, count: number): void {
    // Colours
    if (what.endsWith("m")) return;
    switch (what) {
      case "H":
        this.#row = this.#column = 0;
        return;
      case "J":
        this.#line().length = Math.min(this.#line().length, this.#column);
        this.#lines.length = this.#row + 1;
        return;
      // Deno and npm remove their own progress
      case "0G":
      case "1G":
        this.#column = 0;
        return;
      case "2K":
        this.#line().length = 0;
        return;
      case "?1049h":
        this.#below ??= { lines: this.#lines, row: this.#row, column: this.#column };
        this.#lines = [[]];
        this.#row = this.#column = 0;
        return;
      case "?1049l":
        if (this.#below !== undefined) {
          this.#lines = this.#below.lines;
          this.#row = this.#below.row;
          this.#column = this.#below.column;
        }
        this.#below = undefined;
        return;
      case "?25l":
      case "?25h":
        this.hasCursor = what === "?25h";
        return;
      case "?7l":
      case "?7h":
        this.#wraps = what === "?7h";
        return;
      case `${count}A`:
        this.#row = Math.max(0, this.#row - count);
        return;
      default:
        throw new RangeError(`control sequence ${what}`);
    }
  }
}

function textOf(line: readonly string[]): string {
  return Array.from(line, (character) => character ?? " ").join("").trimEnd();
}
