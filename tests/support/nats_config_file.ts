import { resolve } from "node:path";
import { findNatsServer } from "../../src/cli/nats_server.ts";
import { patientConfig } from "./patient_config.ts";

/** A nats-server with a configuration file: `nats-server -c FILE`. */
export class ConfiguredServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #ended: Promise<void>;
  #said = "";
  #heard = Promise.withResolvers<void>();

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#ended = this.#listen();
  }

  /**
   * Starts the server and waits until it is ready. In its file, the timeouts of `patientConfig` are set.
   *
   * @param env variables for the file
   * @param cwd folder in which the server runs
   * @throws {Error} the server refuses the file; the message is its output
   */
  static async start(
    file: string,
    env: Readonly<Record<string, string>> = {},
    cwd = Deno.cwd(),
  ): Promise<ConfiguredServer> {
    const binary = await findNatsServer({ env: (name) => Deno.env.get(name), report: () => {} });
    const path = resolve(cwd, file);
    await Deno.writeTextFile(path, patientConfig(await Deno.readTextFile(path)));
    const child = new Deno.Command(binary, {
      args: ["-c", file],
      env,
      cwd,
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const server = new ConfiguredServer(child);
    await server.said("Server is ready");
    return server;
  }

  /** Output of the server. */
  get log(): string {
    return this.#said;
  }

  /**
   * Waits until the server has written `text`, `times` times.
   *
   * @throws {Error} it ended before that
   */
  async said(text: string, times = 1): Promise<void> {
    let ended = false;
    this.#ended.then(() => ended = true);
    while (this.#said.split(text).length <= times) {
      if (ended) throw new Error(`nats-server ended: ${this.#said.trim()}`);
      await Promise.race([this.#heard.promise, this.#ended]);
    }
  }

  /** Reloads the configuration like `nats-server --signal reload`, and waits until that is done. */
  async reload(): Promise<void> {
    const text = "Reloaded server configuration";
    const times = this.#said.split(text).length;
    this.#child.kill("SIGHUP");
    await this.said(text, times);
  }

  /** Stops the server: `SIGTERM` cleanly, `SIGKILL` like a crash. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #listen(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#said += text;
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    }
  }
}
