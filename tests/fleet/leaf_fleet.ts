import { connect, type JetStreamManager, type NatsConnection } from "nats";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { ownHost } from "../support/own_address.ts";

/** An edge server and a client of it. */
export interface EdgeServer {
  readonly server: NatsServer;
  readonly client: NatsConnection;
  readonly manager: JetStreamManager;
}

/** A hub and its edge servers: leaf nodes with their own JetStream domains. */
export interface LeafFleet extends AsyncDisposable {
  readonly hub: NatsServer;
  readonly client: NatsConnection;
  readonly manager: JetStreamManager;
  /** Starts an edge server; it stops with the fleet. */
  edge(domain: string): Promise<EdgeServer>;
  /** Restarts an edge server on its store with another domain. */
  move(edge: EdgeServer, domain: string): Promise<EdgeServer>;
}

/** Starts a hub of one server, without streams. */
export async function startLeafFleet(): Promise<LeafFleet> {
  await using parts = new AsyncDisposableStack();
  const leafs = `${ownHost()}:7422`;
  const start = async (
    stack: AsyncDisposableStack,
    domain: string,
    leafnodes: string,
    store?: string,
  ): Promise<EdgeServer> => {
    const config = `server_name: ${domain}\nleafnodes { ${leafnodes} }`;
    const storeDir = store === undefined ? {} : { storeDir: store };
    const server = stack.use(await startNatsServer({ jetstream: `domain: ${domain}`, config, ...storeDir }));
    const client = await connect({ servers: server.address });
    stack.defer(() => client.close());
    return { server, client, manager: await client.jetstreamManager({ checkAPI: false, timeout: 30_000 }) };
  };
  const { server: hub, client, manager } = await start(parts, "hub", `listen: "${leafs}"`);
  const owned = parts.move();
  const remotes = `reconnect: 1, remotes: [{ url: "nats-leaf://${leafs}", deny_imports: ["wattseal.>"] }]`;
  return {
    hub,
    client,
    manager,
    edge: (domain) => start(owned, domain, remotes),
    async move({ server, client }, domain) {
      await client.close();
      await server.stop();
      return await start(owned, domain, remotes, server.storeDir);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
