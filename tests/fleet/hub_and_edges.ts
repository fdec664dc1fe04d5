import { connect, type NatsConnection } from "nats";
import { changeSources, sourceProblem, sourcesOf } from "../../src/fleet/sources.ts";
import { siteSource } from "../../src/fleet/stream_plan.ts";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { freeAddress } from "../support/own_address.ts";
import { patientClient } from "../support/patient_client.ts";
import { runCommand } from "../support/run_command.ts";

/** Subjects that nodes publish: an edge does not import them from the hub, so it gets nothing from other sites. */
const published = ["ocmf", "reading", "public_key", "status", "fault.*"].map((suffix) => `wattseal.*.*.${suffix}`);

/** The server of a site with a leaf connection to the hub. */
export interface Edge {
  readonly site: string;
  readonly server: NatsServer;
  /** A client connected to this server. */
  readonly client: NatsConnection;
}

/** A hub with the streams of `fleet setup`, and edge servers with JetStream domains of their own. */
export class HubAndEdges implements AsyncDisposable {
  readonly #parts = new AsyncDisposableStack();
  readonly #leafAddress: string;
  readonly server: NatsServer;
  readonly client: NatsConnection;

  private constructor(server: NatsServer, leafAddress: string, client: NatsConnection) {
    this.server = this.#parts.use(server);
    this.#leafAddress = leafAddress;
    this.client = client;
    this.#parts.defer(() => client.close());
  }

  static async start(): Promise<HubAndEdges> {
    const leafAddress = freeAddress();
    const server = await startNatsServer({
      jetstream: "domain: hub",
      config: `server_name: hub\nleafnodes { listen: "${leafAddress}" }`,
    });
    const client = patientClient(
      await connect({ servers: server.address, maxReconnectAttempts: -1, reconnectTimeWait: 50 }),
    );
    const hub = new HubAndEdges(server, leafAddress, client);
    await runCommand(["fleet", "setup", "--server", server.address, "--topology", "hub", "--readings", "none"]);
    return hub;
  }

  /** Starts an edge server for a site, with sources for its records and states at the hub. */
  async addEdge(site: string): Promise<Edge> {
    const denied = JSON.stringify(published);
    const server = await startNatsServer({
      jetstream: `domain: ${site}`,
      config: `server_name: ${site}
leafnodes {
  reconnect: 1
  remotes: [{ url: "nats://${this.#leafAddress}", deny_imports: ${denied}}]
}`,
    });
    this.#parts.use(server);
    const client = patientClient(
      await connect({ servers: server.address, maxReconnectAttempts: -1, reconnectTimeWait: 50 }),
    );
    this.#parts.defer(() => client.close());
    await this.addSources(site);
    return { site, server, client };
  }

  /** Changes the sources of the hub's streams. */
  async addSources(site: string): Promise<void> {
    const manager = await this.client.jetstreamManager({ checkAPI: false, timeout: 1_000 });
    for (const kind of ["ocmf", "state"] as const) {
      const source = siteSource({ kind, prefix: "wattseal", site, domain: site });
      await changeSources(manager, source.name, (sources) => [...sources, source]);
    }
  }

  /** The `Nats-Msg-Id`s of the records at the hub, in order. */
  async recordIds(): Promise<string[]> {
    const manager = await this.client.jetstreamManager({ checkAPI: false, timeout: 1_000 });
    const { state } = await manager.streams.info("WATTSEAL_OCMF");
    const ids: string[] = [];
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
      const { header } = await manager.streams.getMessage("WATTSEAL_OCMF", { seq });
      ids.push(header.get("Nats-Msg-Id"));
    }
    return ids;
  }

  /** Resolves when this number of records is at the hub. */
  async hasRecords(count: number): Promise<void> {
    await this.#until(async () => (await this.recordIds()).length >= count);
  }

  /** Resolves when the hub has states with these subjects (without the prefix). */
  async keeps(...subjects: string[]): Promise<void> {
    const manager = await this.client.jetstreamManager({ checkAPI: false });
    await this.#until(async () => {
      const { state } = await manager.streams.info("WATTSEAL_STATE", { subjects_filter: ">" });
      return subjects.every((subject) => `wattseal.${subject}` in (state.subjects ?? {}));
    });
  }

  /** Resolves when the hub is connected to the stream of records of a site, or reports the given problem. */
  async reads(site: string, problem?: RegExp): Promise<void> {
    const manager = await this.client.jetstreamManager({ checkAPI: false, timeout: 1_000 });
    await this.#until(async () => {
      const [source] = sourcesOf(await manager.streams.info("WATTSEAL_OCMF"), `wattseal.${site}.*.ocmf`);
      if (source === undefined) return false;
      const found = sourceProblem(source);
      return problem === undefined ? found === undefined : problem.test(found ?? "");
    });
  }

  /** A restarted server does not answer at first. */
  async #until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}
