import { connect, type NatsConnection } from "nats";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startNatsServer } from "../support/nats_server.ts";
import type { BenchMeter } from "./bench_meter.ts";
import { cpuSeconds, residentMb, waits } from "./process_figures.ts";
import { TextLineStream } from "./text_lines.ts";

/** Arrival time of a reading and the time of its values, in milliseconds. */
export interface Arrival {
  readonly atMs: number;
  readonly takenAtMs: number;
}

/** Settings of all meters as YAML, one per line. */
export interface ServiceRun {
  readonly lines: readonly BenchMeter[];
  readonly meterKeys?: readonly string[];
  /** More keys of the top level. */
  readonly topKeys?: readonly string[];
  /** A server with its own streams. @default a server started for the service */
  readonly server?: string;
}

/** The service as a separate process, with a real NATS server and a client that counts its readings. */
export class BenchService implements AsyncDisposable {
  readonly client: NatsConnection;
  readonly #pid: number;
  readonly #owned: AsyncDisposableStack;
  readonly #arrivals = new Map<string, Arrival[]>();

  private constructor(client: NatsConnection, pid: number, owned: AsyncDisposableStack) {
    this.client = client;
    this.#pid = pid;
    this.#owned = owned;
    owned.use({ [Symbol.asyncDispose]: () => client.close() });
    void this.#count();
  }

  /** Starts the service and waits until setup of every meter was attempted. */
  static async start({ lines, meterKeys = [], topKeys = [], server: given }: ServiceRun): Promise<BenchService> {
    await using parts = new AsyncDisposableStack();
    const server = given ?? parts.use(await startNatsServer()).address;
    const folder = await Deno.makeTempDir({ prefix: "wattseal-bench-service-" });
    parts.defer(() => Deno.remove(folder, { recursive: true }));
    const config = join(folder, "bench.yaml");
    await Deno.writeTextFile(config, configuration(server, lines, meterKeys, topKeys));
    const child = new Deno.Command(Deno.execPath(), {
      args: [...startArguments(), "--config", config],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    parts.defer(async () => {
      child.kill("SIGTERM");
      await child.status;
    });
    const said = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const line of said.values({ preventCancel: true })) {
      if (line.includes('"event":"ready"')) break;
    }
    const client = await connect({ servers: server });
    return new BenchService(client, child.pid, parts.move());
  }

  get cpuSeconds(): number {
    return cpuSeconds(this.#pid);
  }

  /** See {@linkcode waits}. */
  get waits(): number {
    return waits(this.#pid);
  }

  get residentMb(): number {
    return residentMb(this.#pid);
  }

  /** Readings by meter since the last call. */
  takeArrivals(): Map<string, Arrival[]> {
    const taken = new Map(this.#arrivals);
    this.#arrivals.clear();
    return taken;
  }

  /** Sends a request to a meter. Returns the status of the reply and the duration in milliseconds. */
  async ask(meter: string, what: string, body: unknown): Promise<{ status: string; ms: number }> {
    const start = performance.now();
    const message = await this.client.request(`wattseal.bench.${meter}.${what}`, JSON.stringify(body), {
      timeout: 30_000,
    });
    const { status } = message.json<{ status: string }>();
    return { status, ms: performance.now() - start };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }

  async #count(): Promise<void> {
    for await (const { subject, data } of this.client.subscribe("wattseal.bench.*.reading")) {
      const [, , meter = ""] = subject.split(".");
      const { timestamp }: { timestamp: string } = JSON.parse(new TextDecoder().decode(data));
      const arrivals = this.#arrivals.get(meter) ?? [];
      arrivals.push({ atMs: performance.now(), takenAtMs: Date.parse(timestamp) });
      this.#arrivals.set(meter, arrivals);
    }
  }
}

/** Name of a meter in the configuration. */
export function meterName(line: number, unit: number): string {
  return `evse-${line + 1}-${unit}`;
}

/** The arguments of `deno task start` for Deno. */
function startArguments(): string[] {
  const { tasks }: { tasks: { start: { command: string } } } = JSON.parse(
    Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)),
  );
  const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  return tasks.start.command.split(" ").slice(1).map((part) => part === "src/cli/main.ts" ? main : part);
}

function configuration(
  server: string,
  lines: readonly BenchMeter[],
  meterKeys: readonly string[],
  topKeys: readonly string[],
): string {
  return [
    "site: bench",
    `nats: { servers: ["${server}"] }`,
    "log: { level: error }",
    "spool: { mode: memory }",
    ...(meterKeys.length === 0 ? [] : ["defaults:", ...meterKeys.map((key) => `  ${key}`)]),
    "lines:",
    ...lines.flatMap((meter, line) => [
      `  - name: rs485-${line + 1}`,
      `    serial_port: ${meter.path}`,
      `    baudrate: ${meter.line.baudrate}`,
      "    meters:",
      ...Array.from(
        { length: meter.line.units },
        (_, index) => `      - { name: ${meterName(line, index + 1)}, powermeter_device_id: ${index + 1} }`,
      ),
    ]),
    ...topKeys,
    "",
  ].join("\n");
}
