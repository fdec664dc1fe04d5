import { join } from "node:path";
import { openPseudoTerminal, type PseudoTerminal } from "../../bridge/mod.ts";
import { TerminalScreen } from "./terminal_screen.ts";

const timeoutMs = 120_000;

/** Programs on a pseudo-terminal of their own, with what its user sees and types. */
export class RealTerminal implements AsyncDisposable {
  readonly #pair: PseudoTerminal;
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  #received = "";
  #onReceived = () => {};
  screen: TerminalScreen;

  private constructor(pair: PseudoTerminal, child: Deno.ChildProcess, folder: string, screen: TerminalScreen) {
    this.#pair = pair;
    this.#child = child;
    this.#folder = folder;
    this.screen = screen;
    void this.#receive();
  }

  /** Runs a script of bash as the leader of a new session. Its command `pause` waits for `proceed`. */
  static async run(
    script: string,
    size: { readonly columns: number; readonly rows: number },
  ): Promise<RealTerminal> {
    const pair = openPseudoTerminal();
    await stty(pair.path, "sane", "columns", `${size.columns}`, "rows", `${size.rows}`);
    const folder = await Deno.makeTempDir({ prefix: "wattseal-terminal-" });
    await output("mkfifo", join(folder, "proceed"));
    const child = new Deno.Command("bash", {
      args: ["-c", 'exec setsid --ctty --wait bash -c "$SCRIPT" <"$0" >"$0" 2>&1', pair.path],
      env: {
        SCRIPT: `pause() { read -r _ <"${folder}/proceed"; }\n${script}`,
        TERM: "xterm",
        NO_COLOR: "",
      },
    }).spawn();
    return new RealTerminal(pair, child, folder, new TerminalScreen(size.columns, size.rows));
  }

  /** All that was written so far. */
  get received(): string {
    return this.#received;
  }

  /** The settings of the terminal, as `stty -g` prints them, and in words. */
  async modes(): Promise<{ readonly all: string; readonly words: ReadonlySet<string> }> {
    const all = await stty(this.#pair.path, "-g");
    return { all, words: new Set((await stty(this.#pair.path, "-a")).split(/[\s;]+/)) };
  }

  async press(keys: string): Promise<void> {
    await this.#pair.write(new TextEncoder().encode(keys));
  }

  /** Changes the size, as the user of a window does. */
  async resize(columns: number, rows: number): Promise<void> {
    this.screen.resize(columns, rows);
    await stty(this.#pair.path, "columns", `${columns}`, "rows", `${rows}`);
  }

  /**
   * Resolves when the terminal looks as described.
   *
   * @throws {Error} it does not within two minutes; the message has its screen
   */
  async until(isSeen: (screen: TerminalScreen) => boolean): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`The terminal shows:\n${this.screen.text}`)), timeoutMs);
    try {
      while (!isSeen(this.screen)) await Promise.race([new Promise<void>((seen) => this.#onReceived = seen), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the present or the next `pause` of the script. It is not a key: a program that is being stopped could read it. */
  async proceed(): Promise<void> {
    await Deno.writeTextFile(join(this.#folder, "proceed"), "\n");
  }

  async #receive(): Promise<void> {
    const decoder = new TextDecoder();
    const bytes = new Uint8Array(4096);
    for (;;) {
      const count = await this.#pair.read(bytes).catch(() => undefined);
      if (count === undefined) return;
      const text = decoder.decode(bytes.subarray(0, count), { stream: true });
      this.#received += text;
      this.screen.write(text);
      this.#onReceived();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Its session gets SIGHUP
    await this.#pair.close();
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function stty(path: string, ...args: string[]): Promise<string> {
  return output("stty", "-F", path, ...args);
}

/** @throws {Error} the command failed */
async function output(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, { args }).output();
  if (code !== 0) throw new Error(`Cannot run ${command}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
