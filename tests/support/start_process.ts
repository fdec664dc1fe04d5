import { fileURLToPath } from "node:url";

/** A command of the product in a process of its own. */
export class CommandProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #out: Promise<string>;
  readonly #err: Promise<string>;
  readonly #lines: ReadableStream<Uint8Array>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", main, ...args],
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const [lines, all] = this.#child.stdout.tee();
    this.#lines = lines;
    this.#out = new Response(all).text();
    this.#err = new Response(this.#child.stderr).text();
  }

  /** The first line on standard output that holds `text`; undefined when the process ended without it. */
  async line(text: string): Promise<string | undefined> {
    let said = "";
    for await (const chunk of this.#lines.pipeThrough(new TextDecoderStream(), { preventCancel: true })) {
      said += chunk;
      const found = said.split("\n").slice(0, -1).find((line) => line.includes(text));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for the end. */
  async ended(): Promise<{ code: number; out: string; err: string }> {
    const { code } = await this.#child.status;
    return { code, out: await this.#out, err: await this.#err };
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
