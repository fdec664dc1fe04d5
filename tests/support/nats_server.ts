import { join } from "node:path";
import { NatsProcess } from "../../src/cli/nats_process.ts";
import { findNatsServer } from "../../src/cli/nats_server.ts";
import { endpointOf, freeAddress } from "./own_address.ts";
import { patientConfig } from "./patient_config.ts";

/** Options of a server. */
export interface NatsServerOptions {
  /**
   * Whether JetStream is enabled, or more settings of its section: `domain: edge-1`.
   *
   * @default true
   */
  readonly jetstream?: boolean | string;
  /** @default an unused address */
  readonly address?: string;
  /** @default a new folder that is removed at the end */
  readonly storeDir?: string;
  /** More configuration, in server syntax. */
  readonly config?: string;
}

/** A real nats-server with its own address and store. */
export class NatsServer implements AsyncDisposable {
  readonly #binary: string;
  readonly #options: NatsServerOptions;
  readonly #folder: string;
  #process: NatsProcess | undefined;
  /** `127.20.30.40:4000` */
  readonly address: string;

  constructor(binary: string, options: NatsServerOptions, folder: string, process: NatsProcess) {
    this.#binary = binary;
    this.#options = options;
    this.#folder = folder;
    this.#process = process;
    this.address = process.address;
  }

  /** Reloads the configuration. */
  reload(): void {
    if (this.#process !== undefined) Deno.kill(this.#process.pid, "SIGHUP");
  }

  /** Folder of the JetStream store. */
  get storeDir(): string {
    return this.#folder;
  }

  /** Stops the server; address and store stay reserved for `restart`. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    await this.#process?.stop(signal);
    this.#process = undefined;
  }

  /** Restarts the server with the same address and store. */
  async restart(): Promise<void> {
    await this.stop();
    this.#process = await NatsProcess.start(processOptions(this.#binary, this.#options, this.#folder, this.address));
  }

  /** Removes all JetStream data; only while the server is stopped. */
  async wipeStore(): Promise<void> {
    await Deno.remove(join(this.#folder, "jetstream"), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    if (this.#options.storeDir === undefined) await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Starts a nats-server; `await using server = await startNatsServer()` stops it at the end of the test. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const binary = await findNatsServer({ env: (name) => Deno.env.get(name), report: () => {} });
  const folder = options.storeDir ?? await Deno.makeTempDir({ prefix: "wattseal-test-" });
  const started = await NatsProcess.start(processOptions(binary, options, folder, options.address ?? freeAddress()));
  return new NatsServer(binary, options, folder, started);
}

function processOptions(binary: string, options: NatsServerOptions, folder: string, address: string) {
  const { hostname: host, port } = endpointOf(address);
  const { jetstream = true, config = "" } = options;
  const section = typeof jetstream === "string"
    ? `jetstream { store_dir: ${JSON.stringify(folder)}, ${jetstream} }\n`
    : "";
  const settings = { binary, host, port, config: section + patientConfig(config) };
  return { ...settings, ...(jetstream === true ? { storeDir: folder } : {}) };
}
