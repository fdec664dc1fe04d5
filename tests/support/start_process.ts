import { fileURLToPath } from "node:url";

/** A command of the product in a separate process. */
export class CommandProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #out: Promise<string>;
  readonly #err: Promise<string>;
  readonly #lines: ReadableStream<Uint8Array>;
  #told = "";
  #onTold = () => {};

  /** @param flags flags of Deno */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    flags: readonly string[] = ["--allow-all"],
  ) {
    const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, main, ...args],
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const [lines, all] = this.#child.stdout.tee();
    this.#lines = lines;
    this.#out = new Response(all).text();
    this.#err = this.#listen(this.#child.stderr);
  }

  /** Number of the process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The first line on standard output that contains `text`; undefined: the process ended without it. */
  async line(text: string): Promise<string | undefined> {
    let said = "";
    for await (const chunk of this.#lines.pipeThrough(new TextDecoderStream(), { preventCancel: true })) {
      said += chunk;
      const found = said.split("\n").slice(0, -1).find((line) => line.includes(text));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Resolves when standard error contains `text`, or the process has ended. */
  async said(text: string): Promise<void> {
    const ended = this.#err.then(() => {});
    while (!this.#told.includes(text)) {
      const more = new Promise<boolean>((resolve) => this.#onTold = () => resolve(true));
      if (!await Promise.race([more, ended.then(() => false)])) return;
    }
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for the end. */
  async ended(): Promise<{ code: number; out: string; err: string }> {
    const { code } = await this.#child.status;
    return { code, out: await this.#out, err: await this.#err };
  }

  async #listen(stream: ReadableStream<Uint8Array>): Promise<string> {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      this.#told += chunk;
      this.#onTold();
    }
    return this.#told;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.ended();
  }
}
