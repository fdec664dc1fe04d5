/** Environment of a block. */
export interface ShellOptions {
  readonly cwd: string;
  /** Lines before the block. */
  readonly before: string;
  /** Folders in which commands are found. */
  readonly path: string;
}

/** A block of shell commands from a document, and the processes that it starts. */
export class ShellBlock implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #all: Promise<unknown>;
  #said = "";
  #onSaid = () => {};

  constructor(text: string, { cwd, before, path }: ShellOptions) {
    this.#child = new Deno.Command("bash", {
      args: ["-euo", "pipefail", "-c", `${before}\n${text}`],
      cwd,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", PATH: path },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      // A separate process group, so that the processes of the shell end with it
      detached: true,
    }).spawn();
    this.#all = Promise.all([this.#listen(this.#child.stdout), this.#listen(this.#child.stderr)]);
  }

  /** Waits for the end of the block. @throws {Error} it failed; the message contains its output */
  async succeeded(): Promise<string> {
    const { code } = await this.#child.status;
    await this.#all;
    if (code !== 0) throw new Error(`ended with ${code}: ${this.#said}`);
    return this.#said;
  }

  /** Waits until the block has written a text. @throws {Error} it ended before that */
  async said(text: string): Promise<void> {
    await this.matches((said) => said.includes(text), text);
  }

  /**
   * Waits until the whole output of the block is as expected.
   *
   * @throws {Error} it ended before, or `signal` is aborted; the message contains its output
   */
  async matches(isExpected: (said: string) => boolean, expected: string, signal?: AbortSignal): Promise<void> {
    let ended = false;
    this.#all.then(() => {
      ended = true;
      this.#onSaid();
    });
    const onAbort = () => this.#onSaid();
    signal?.addEventListener("abort", onAbort);
    try {
      while (!isExpected(this.#said)) {
        if (ended) throw new Error(`ended without ${expected}: ${this.#said}`);
        if (signal?.aborted) throw new Error(`not in time: ${expected}: ${this.#said}`);
        await new Promise<void>((resolve) => this.#onSaid = resolve);
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** Ends all processes of the block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await new Deno.Command("kill", { args: ["-TERM", "--", `-${this.#child.pid}`], stderr: "null" }).output();
    await this.#all;
    await this.#child.status;
  }

  async #listen(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#said += text;
      this.#onSaid();
    }
  }
}
