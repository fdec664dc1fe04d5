import { connect, type NatsConnection } from "nats";
import { NatsCluster, startNatsCluster } from "../support/nats_cluster.ts";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { endpointOf, freeAddress } from "../support/own_address.ts";
import { patiently } from "../support/patiently.ts";

/** A stored record or reading. */
export interface Stored {
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
}

/** A hub of one or three servers, to which edges connect as leaf nodes. */
export class Hub implements AsyncDisposable {
  readonly client: NatsConnection;
  readonly servers: readonly NatsServer[];
  readonly cluster: NatsCluster | undefined;
  readonly #owned: AsyncDisposableStack;

  private constructor(
    client: NatsConnection,
    servers: readonly NatsServer[],
    cluster: NatsCluster | undefined,
    owned: AsyncDisposableStack,
  ) {
    this.client = client;
    this.servers = servers;
    this.cluster = cluster;
    this.#owned = owned;
  }

  static async start(size: 1 | 3): Promise<Hub> {
    await using parts = new AsyncDisposableStack();
    const server = size === 1 ? parts.use(await startHubServer()) : undefined;
    const cluster = server === undefined
      ? parts.use(await startNatsCluster({ jetstream: `domain: ${hubDomain}` }))
      : undefined;
    const servers = server === undefined ? [...cluster?.servers.values() ?? []] : [server];
    const client = await connect({
      servers: servers.map(({ address }) => address),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    });
    parts.defer(() => client.close());
    return new Hub(client, servers, cluster, parts.move());
  }

  get addresses(): string[] {
    return this.servers.map(({ address }) => address);
  }

  /** Address for leaf nodes. */
  get leafAddress(): string {
    return `${endpointOf(this.addresses[0] ?? "").hostname}:${leafPort}`;
  }

  /** Messages of a stream of the hub, in order. */
  async stored(stream: string): Promise<Stored[]> {
    return await patiently(() => storedIn(this.client, stream));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }
}

/** A hub of one server, which accepts leaf nodes only on its own host. */
function startHubServer(): Promise<NatsServer> {
  const address = freeAddress();
  const config = `server_name: hub\nleafnodes { listen: "${endpointOf(address).hostname}:${leafPort}" }`;
  return startNatsServer({ address, jetstream: `domain: ${hubDomain}`, config });
}

/** All messages of a stream, in order. */
export async function storedIn(client: NatsConnection, stream: string): Promise<Stored[]> {
  const manager = await client.jetstreamManager({ checkAPI: false, timeout: 10_000 });
  const { state } = await manager.streams.info(stream);
  const stored: Stored[] = [];
  if (state.messages === 0) return stored;
  const consumer = await client.jetstream().consumers.get(stream);
  const messages = await consumer.consume();
  for await (const message of messages) {
    const messageId = message.headers?.get("Nats-Msg-Id") ?? "";
    stored.push({ subject: message.subject, messageId, text: message.string() });
    if (message.seq >= state.last_seq) break;
  }
  await messages.close();
  return stored;
}

const hubDomain = "hub";
const leafPort = 7000;
