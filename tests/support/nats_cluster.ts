import { connect, type JetStreamManager, StorageType } from "nats";
import { endpointOf, freeAddress } from "./own_address.ts";
import { type NatsServer, startNatsServer } from "./nats_server.ts";
import { patiently } from "./patiently.ts";

/** Options of a cluster. */
export interface NatsClusterOptions {
  /** @default 3 */
  readonly size?: number;
  /** More settings of the JetStream section: `domain: hub`. @default none */
  readonly jetstream?: string;
  /** More configuration of each server, in server syntax. */
  readonly config?: string;
}

/** Real nats-servers that form one JetStream cluster. */
export class NatsCluster implements AsyncDisposable {
  /** Servers by name: `n1`, `n2`, ... */
  readonly servers: ReadonlyMap<string, NatsServer>;
  readonly #owned: AsyncDisposableStack;

  constructor(servers: ReadonlyMap<string, NatsServer>, owned: AsyncDisposableStack) {
    this.servers = servers;
    this.#owned = owned;
  }

  /** Addresses of all servers for clients. */
  get addresses(): string[] {
    return [...this.servers.values()].map(({ address }) => address);
  }

  /** The leader of a stream; resolves when there is one. */
  async leaderOf(stream: string): Promise<NatsServer> {
    while (true) {
      const info = await this.#retried(async (manager) => (await manager.streams.info(stream)).cluster);
      const server = this.servers.get(info?.leader ?? "");
      if (server !== undefined) return server;
      await pause();
    }
  }

  /** Resolves when a stream with a replica on each server can be created. */
  async ready(): Promise<void> {
    const name = "CLUSTER_IS_READY";
    await this.#retried(async (manager) => {
      await manager.streams.add({
        name,
        subjects: [name],
        storage: StorageType.Memory,
        num_replicas: this.servers.size,
      });
      await manager.streams.delete(name);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }

  /** Retries until a cluster that elects its leaders answers. */
  async #retried<T>(ask: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    const client = await connect({ servers: this.addresses, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    try {
      const manager = await client.jetstreamManager({ checkAPI: false, timeout: 1_000 });
      return await patiently(() => ask(manager));
    } finally {
      await client.close();
    }
  }
}

/** Starts the servers and waits until JetStream has all of them; `await using` stops them. */
export async function startNatsCluster(
  { size = 3, jetstream, config = "" }: NatsClusterOptions = {},
): Promise<NatsCluster> {
  await using owned = new AsyncDisposableStack();
  const addresses = Array.from({ length: size }, freeAddress);
  const routes = addresses.map((address) => `"nats-route://${endpointOf(address).hostname}:${routePort}"`);
  const started = await Promise.all(addresses.map(async (address, index) => {
    const name = `n${index + 1}`;
    const listen = `${endpointOf(address).hostname}:${routePort}`;
    const cluster = `cluster { name: test, listen: "${listen}", routes: [${routes.join(", ")}] }`;
    const server = await startNatsServer({
      address,
      ...(jetstream === undefined ? {} : { jetstream }),
      config: `server_name: ${name}\n${cluster}\n${config}`,
    });
    return [name, owned.use(server)] as const;
  }));
  const cluster = new NatsCluster(new Map(started), owned.move());
  try {
    await cluster.ready();
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

const routePort = 6000;

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
