import { connect, nanos, type NatsConnection, RetentionPolicy, StorageType } from "nats";
import { join } from "node:path";
import { NatsProcess } from "../../../src/cli/nats_process.ts";
import { findNatsServer } from "../../../src/cli/nats_server.ts";
import { ownHost } from "../../support/own_address.ts";
import { pause } from "../pause.ts";
import { cpuSeconds, residentMb } from "../process_figures.ts";

/** A hub of one server, or of a cluster with replicated streams; each server is a separate process. */
export class BenchHub implements AsyncDisposable {
  readonly client: NatsConnection;
  readonly #servers: readonly NatsProcess[];
  readonly #owned: AsyncDisposableStack;

  private constructor(client: NatsConnection, servers: readonly NatsProcess[], owned: AsyncDisposableStack) {
    this.client = client;
    this.#servers = servers;
    this.#owned = owned;
  }

  /** Starts the servers and creates the stream of readings, with a replica on each server. */
  static async start(size: 1 | 3): Promise<BenchHub> {
    await using parts = new AsyncDisposableStack();
    const binary = await findNatsServer({ env: (name) => Deno.env.get(name), report: () => {} });
    const folder = await Deno.makeTempDir({ prefix: "wattseal-bench-hub-" });
    parts.defer(() => Deno.remove(folder, { recursive: true }));
    const host = ownHost();
    const places = Array.from({ length: size }, (_, index) => index);
    const routes = places.map((place) => `"nats://${host}:${routePort + place}"`).join(", ");
    const servers = await Promise.all(places.map((place) =>
      NatsProcess.start({
        binary,
        host,
        port: clientPort + place,
        storeDir: join(folder, `${place}`),
        config: size === 1 ? "" : `server_name: hub-${place}
cluster { name: hub, listen: "${host}:${routePort + place}", routes: [${routes}] }`,
      })
    ));
    for (const server of servers) parts.use(server);
    const client = await connect({ servers: servers.map(({ address }) => address) });
    parts.defer(() => client.close());
    await createStream(client, size);
    return new BenchHub(client, servers, parts.move());
  }

  get addresses(): string[] {
    return this.#servers.map(({ address }) => address);
  }

  /** Processor time of all servers. */
  get cpuSeconds(): number {
    return this.#servers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  }

  /** Memory of the largest server. */
  get residentMb(): number {
    return Math.max(...this.#servers.map(({ pid }) => residentMb(pid)));
  }

  /** State of the stream of readings. */
  async stored(): Promise<{ messages: number; bytes: number }> {
    const { state } = await (await this.client.jetstreamManager()).streams.info(streamName);
    return { messages: state.messages, bytes: state.bytes };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }
}

const clientPort = 4000;
const routePort = 5000;
const streamName = "WATTSEAL_READINGS";

/** A cluster refuses requests until it has elected a leader. */
async function createStream(client: NatsConnection, replicas: number): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      const manager = await client.jetstreamManager();
      await manager.streams.add({
        name: streamName,
        subjects: ["wattseal.*.*.reading"],
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        num_replicas: replicas,
        max_age: nanos(7 * 86_400_000),
        duplicate_window: nanos(120_000),
      });
      return;
    } catch (error) {
      if (attempt === attempts) throw error;
      await pause(500);
    }
  }
}

const attempts = 60;
