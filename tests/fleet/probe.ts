import { Events, type NatsConnection } from "nats";
import { connectOnce, type ServerOptions } from "../../src/nats/mod.ts";

/** An attempt of a user. */
export interface Attempts {
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
}

/** A connection that records refusals of the server. */
export class Probe implements AsyncDisposable {
  readonly connection: NatsConnection;
  readonly #refused: string[] = [];

  private constructor(connection: NatsConnection) {
    this.connection = connection;
    this.#listen();
  }

  static async connect(options: ServerOptions): Promise<Probe> {
    return new Probe(await connectOnce("probe", options));
  }

  /** Connects with the content of a `.creds` file. */
  static async withCreds(address: string, creds: string, inboxPrefix: string): Promise<Probe> {
    const credentialsFile = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(credentialsFile, creds);
      return await Probe.connect({ servers: [address], credentialsFile, inboxPrefix });
    } finally {
      await Deno.remove(credentialsFile);
    }
  }

  /** All that the server has refused since the last call of `refused`. */
  get refusedSoFar(): readonly string[] {
    return [...this.#refused];
  }

  /** @returns refused attempts, as `publish SUBJECT` and `subscribe SUBJECT` */
  async refused({ publish = [], subscribe = [] }: Attempts): Promise<string[]> {
    this.#refused.length = 0;
    for (const subject of publish) this.connection.publish(subject);
    const subscriptions = subscribe.map((subject) => this.connection.subscribe(subject, { callback: () => {} }));
    // The server answers in order: every refusal arrives before this reply.
    await this.connection.flush();
    // The client delivers refusals in separate promises.
    await new Promise((resolve) => setTimeout(resolve));
    for (const subscription of subscriptions) subscription.unsubscribe();
    return [...this.#refused];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
  }

  async #listen(): Promise<void> {
    for await (const { type, permissionContext } of this.connection.status()) {
      if (type !== Events.Error || permissionContext === undefined) continue;
      const { operation, subject } = permissionContext;
      this.#refused.push(`${operation === "publish" ? "publish" : "subscribe"} ${subject}`);
    }
  }
}

/** Formats the attempts like `Probe.refused`. */
export function all({ publish = [], subscribe = [] }: Attempts): string[] {
  return [...publish.map((subject) => `publish ${subject}`), ...subscribe.map((subject) => `subscribe ${subject}`)];
}
