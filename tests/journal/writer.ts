import { fileURLToPath } from "node:url";

/** A process that stores records in a folder, or what another script stores, until it is killed. */
export class Writer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #text = "";

  /** @param script reports after each write how much it has stored */
  constructor(folder: string, script = new URL("writer_process.ts", import.meta.url)) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", fileURLToPath(script), folder],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Waits until the process has reported this many stored records. */
  async stored(count: number): Promise<void> {
    while (this.#last() < count && await this.#read());
  }

  /** Kills the process with SIGKILL. @returns the number of records that it has reported as stored */
  async kill(): Promise<number> {
    this.#child.kill("SIGKILL");
    while (await this.#read());
    await this.#child.status;
    return this.#last();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.kill();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async #read(): Promise<boolean> {
    const { done, value } = await this.#lines.read();
    this.#text += value ?? "";
    return !done;
  }

  #last(): number {
    return Number(this.#text.split("\n").at(-2) ?? 0);
  }
}
