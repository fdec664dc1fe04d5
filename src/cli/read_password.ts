import { aborted } from "../base/waits.ts";
import type { Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/** Where the password comes from. */
export type PasswordIo = Pick<Io, "err" | "holdTerminal" | "interrupted" | "readInput">;

/** Keys of a line: Enter in either mode of a terminal, Backspace on either kind of keyboard, Ctrl-U. */
const enter = /[\r\n]/;
const backspace = /[\b\x7f]/;
const eraseLine = "\x15";
/** What keys such as the arrows send. */
const escapeSequence = new RegExp(`${"\x1b"}(?:[[O][0-9;]*[A-Za-z~])?`, "g");

/**
 * Reads a new password: from a terminal two lines that are not shown, else all of standard input without the end of its
 * last line.
 *
 * @returns undefined: the command was interrupted; `differ`: the second line is another one
 */
export async function readPassword(whose: string, io: PasswordIo): Promise<{ text: string } | "differ" | undefined> {
  const entered = new EnteredLines();
  using terminal = io.holdTerminal({
    taken: () => {},
    givenBack: () => {},
    disturbed: () => {},
    pressed: (text) => entered.add(text),
    quit: () => entered.end(),
  });
  if (!terminal.hasKeys) return { text: new TextDecoder().decode(await io.readInput()).replace(/\r?\n$/, "") };
  const ask = async (prompt: string) => {
    io.err(lines(prompt));
    return await Promise.race([entered.next(), aborted(io.interrupted).then(() => undefined)]);
  };
  const first = await ask(`Password of ${whose}; it is not shown:`);
  if (first === undefined) return undefined;
  const second = await ask("The same again:");
  if (second === undefined) return undefined;
  return first === second ? { text: first } : "differ";
}

/** Lines that are typed key by key. */
class EnteredLines {
  readonly #complete: string[] = [];
  /** Characters of the present line. */
  #line: string[] = [];
  #isEnded = false;
  #onLine = () => {};

  /** Adds the characters of pressed keys. */
  add(text: string): void {
    for (const key of text.replaceAll(escapeSequence, "")) {
      if (enter.test(key)) {
        this.#complete.push(this.#line.join(""));
        this.#line = [];
      } else if (backspace.test(key)) this.#line.pop();
      else if (key === eraseLine) this.#line = [];
      else if (!/\p{Cc}/u.test(key)) this.#line.push(key);
    }
    this.#onLine();
  }

  /** No more lines follow. */
  end(): void {
    this.#isEnded = true;
    this.#onLine();
  }

  /** The next line; undefined: there is none. */
  async next(): Promise<string | undefined> {
    while (this.#complete.length === 0 && !this.#isEnded) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onLine = resolve;
      await promise;
    }
    return this.#complete.shift();
  }
}
