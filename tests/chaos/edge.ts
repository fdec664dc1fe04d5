import { connect, type NatsConnection } from "nats";
import { join } from "node:path";
import { silentLog } from "../../src/base/log.ts";
import { systemTime, type Time } from "../../src/base/time.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { openJournalReader } from "../../src/journal/mod.ts";
import { Service } from "../../src/service.ts";
import { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";
import { startBody } from "../crash/start_body.ts";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import type { Hub } from "./hub.ts";
import { LiveReadings } from "./live_readings.ts";

/** Options of a station. */
export interface StationOptions {
  readonly site: string;
  /** Server of the service. */
  readonly servers: readonly string[];
  /** @default 2 */
  readonly meters?: number;
  /** Further top-level keys of the file, one per line. */
  readonly topKeys?: string;
  readonly time?: Time;
  /** Makes the serial numbers different from those of other stations. */
  readonly seed: number;
}

/** A real service with simulated meters on a pseudo-terminal. */
export class Station implements AsyncDisposable {
  readonly site: string;
  readonly meters: readonly string[];
  readonly stateDir: string;
  readonly service: Service;
  readonly #owned: AsyncDisposableStack;

  private constructor(
    site: string,
    meters: readonly string[],
    stateDir: string,
    service: Service,
    owned: AsyncDisposableStack,
  ) {
    this.site = site;
    this.meters = meters;
    this.stateDir = stateDir;
    this.service = service;
    this.#owned = owned;
  }

  static async start({ site, servers, meters = 2, topKeys = "", time, seed }: StationOptions): Promise<Station> {
    await using parts = new AsyncDisposableStack();
    const folder = await Deno.makeTempDir({ prefix: "wattseal-station-" });
    parts.defer(() => Deno.remove(folder, { recursive: true }));
    const units = Array.from({ length: meters }, (_, index) => index + 1);
    const simulated = units.map((unit) => newMeter(seed, unit));
    const line = parts.use(SimulatedLine.open(simulated, { paced: false }));
    const names = units.map((unit) => `evse-${unit}`);
    const text = `site: ${site}
nats: { servers: [${servers.map((server) => `"${server}"`).join(", ")}] }
clock: { require_sync: false }
defaults: { live_measurement_interval_ms: 500 }
lines:
  - name: rs485-1
    serial_port: ${line.path}
    baudrate: 115200
    meters:
${units.map((unit) => `      - { name: evse-${unit}, powermeter_device_id: ${unit} }\n`).join("")}${topKeys}`;
    const settings = loadConfig(text, { path: join(folder, "site.yaml"), env: () => undefined });
    const service = await Service.start(settings, { log: silentLog, ...(time === undefined ? {} : { time }) });
    parts.defer(() => service.stop());
    return new Station(site, names, settings.stateDir, service, parts.move());
  }

  /** Message ids of the records in the journal, in order. */
  recordIds(): string[] {
    using journal = disposable(openJournalReader(this.stateDir));
    return journal.value.records({}).map(({ messageId }) => messageId);
  }

  /** Resolves when the broker has acknowledged every record. */
  async delivered(): Promise<void> {
    using journal = disposable(openJournalReader(this.stateDir));
    while (journal.value.undelivered() > 0) await systemTime.sleep(200);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }
}

/** A station with its own server, a leaf node of the hub whose JetStream domain is the name of the site. */
export class Edge implements AsyncDisposable {
  readonly site: string;
  readonly server: NatsServer;
  readonly link: TcpProxy;
  readonly client: NatsConnection;
  readonly station: Station;
  readonly live: LiveReadings;
  readonly #owned: AsyncDisposableStack;

  private constructor(
    parts: Pick<Edge, "site" | "server" | "link" | "client" | "station" | "live">,
    owned: AsyncDisposableStack,
  ) {
    this.site = parts.site;
    this.server = parts.server;
    this.link = parts.link;
    this.client = parts.client;
    this.station = parts.station;
    this.live = parts.live;
    this.#owned = owned;
  }

  static async start(hub: Hub, site: string, seed: number, options: Pick<StationOptions, "time"> = {}): Promise<Edge> {
    await using parts = new AsyncDisposableStack();
    const link = parts.use(new TcpProxy(hub.leafAddress));
    const server = parts.use(
      await startNatsServer({
        jetstream: `domain: ${site}`,
        config: `server_name: ${site}
ping_interval: "2s"
ping_max: 2
leafnodes { reconnect: 1, remotes: [{ url: "nats-leaf://${link.address}" }] }`,
      }),
    );
    const client = await connect({ servers: server.address, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    parts.defer(() => client.close());
    const live = new LiveReadings(client, site);
    await client.flush();
    const station = parts.use(
      await Station.start({
        site,
        servers: [server.address],
        topKeys: "streams: { scope: site }\n",
        seed,
        ...options,
      }),
    );
    await station.service.metersTried;
    return new Edge({ site, server, link, client, station, live }, parts.move());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }
}

/** Starts and stops a transaction. @throws {Error} a reply is not `OK` */
export async function transact(client: NatsConnection, site: string, meter: string, id: string): Promise<void> {
  await ask(client, `wattseal.${site}.${meter}.transaction.start`, startBody(id));
  await ask(client, `wattseal.${site}.${meter}.transaction.stop`, { transaction_id: id });
}

/** Sends a request. @throws {Error} its reply is not `OK` */
export async function ask(client: NatsConnection, subject: string, body: object): Promise<void> {
  const message = await client.request(subject, JSON.stringify(body), { timeout: answerMs });
  const answer = message.json<{ status: string; error?: string }>();
  if (answer.status !== "OK") throw new Error(`${subject}: ${answer.status} ${answer.error ?? ""}`);
}

const answerMs = 60_000;

function newMeter(seed: number, unit: number): SimulatedMeter {
  return new SimulatedMeter({ unit, seed: seed * 100 + unit, serialNumber: `BY${seed * 100 + unit}00`, closingMs: 20 });
}

function disposable<T extends { close(): void }>(value: T): { value: T } & Disposable {
  return { value, [Symbol.dispose]: () => value.close() };
}
