import { join } from "node:path";

/** Options of a private nats-server. */
export interface NatsProcessOptions {
  /** Path of the executable. */
  readonly binary: string;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** @default 0, a free port */
  readonly port?: number;
  /** Folder for JetStream. Without it JetStream is disabled. */
  readonly storeDir?: string;
  /** Further configuration in the syntax of the server. */
  readonly config?: string;
  /** Whether signals of the terminal, such as Ctrl-C, do not reach it, so that it is stopped last. @default false */
  readonly isDetached?: boolean;
}

/** A private nats-server on a loopback address, as a child process. */
export class NatsProcess implements AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly #child: Deno.ChildProcess;
  readonly #drained: Promise<unknown>;
  readonly #folder: string;

  private constructor(
    { host, port }: Required<Pick<NatsProcessOptions, "host" | "port">>,
    child: Deno.ChildProcess,
    drained: Promise<unknown>,
    folder: string,
  ) {
    this.host = host;
    this.port = port;
    this.#child = child;
    this.#drained = drained;
    this.#folder = folder;
  }

  /**
   * Starts a server and waits until it reports that it is ready.
   *
   * @throws {Error} it ended before that; the message has its output
   */
  static async start(options: NatsProcessOptions): Promise<NatsProcess> {
    const { binary, host = "127.0.0.1", port = 0, storeDir, config = "", isDetached = false } = options;
    const folder = await Deno.makeTempDir({ prefix: "wattseal-nats-" });
    const file = join(folder, "server.conf");
    const jetstream = storeDir === undefined ? "" : `jetstream { store_dir: ${JSON.stringify(storeDir)} }\n`;
    await Deno.writeTextFile(file, `listen: "${host}:${port === 0 ? -1 : port}"\n${jetstream}${config}\n`);
    const child = new Deno.Command(binary, {
      args: ["-c", file],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      detached: isDetached,
    }).spawn();
    const lines = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let output = "";
    while (!output.includes("Server is ready")) {
      const { done, value } = await lines.read();
      if (done) {
        await Deno.remove(folder, { recursive: true });
        throw new Error(`Cannot start ${binary}: it ended with ${(await child.status).code}: ${output.trim()}`);
      }
      output += value;
    }
    const listening = /client connections on [\d.]+:(\d+)/.exec(output)?.[1];
    return new NatsProcess({ host, port: Number(listening ?? port) }, child, drain(lines), folder);
  }

  /** Address for clients: `127.0.0.1:4222`. */
  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** Process id, for measurements. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Stops the server: `SIGTERM` gracefully, `SIGKILL` like a crash. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (error instanceof TypeError) return;
      throw error;
    }
    await this.#child.status;
    await this.#drained;
    await Deno.remove(this.#folder, { recursive: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** A full pipe would block the server. */
async function drain(lines: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await lines.read()).done);
}
