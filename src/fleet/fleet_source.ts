import { Events, type NatsConnection } from "nats";
import { errorText } from "../base/log.ts";
import { minuteMs, type Time } from "../base/time.ts";
import { repeatedly } from "../base/waits.ts";
import { nodeToken, Subjects } from "../contract/mod.ts";
import { apiPrefix, deniedIn, deniedText, jetstreamOf, streamInfo } from "../nats/mod.ts";
import { findStream } from "./find_stream.ts";
import { Fleet, type FleetUpdate } from "./fleet.ts";
import { payloadOf } from "./payload.ts";
import { readStream } from "./read_stream.ts";
import { silentEntries } from "./silent_entries.ts";

/** Which meters to follow. */
export interface SourceOptions {
  /** Prefix of all subjects. */
  readonly prefix: string;
  /** JetStream domain of the streams. @default that of the connected server */
  readonly domain?: string | undefined;
  /** @default every site */
  readonly site?: string | undefined;
  /** @default every meter */
  readonly meter?: string | undefined;
  /** Maximum number of meters, and of nodes. @default that of `Fleet` */
  readonly maxEntries?: number;
}

/** A meter, or the node of a site. */
export type FleetEntry = Pick<FleetUpdate, "site" | "meter">;

/** What the source reports. */
export interface SourceEvents {
  update(update: FleetUpdate): void;
  problem(text: string): void;
  /** The connection was lost or restored. */
  connectionChanged(): void;
}

/** The interval at which silent nodes and meters are looked for in the stream of states. */
const forgottenMs = minuteMs;
/** Maximum size of a payload. The status of a node with very many meters is shorter. */
const maxPayloadBytes = 500_000;

/** Fills a fleet from NATS: with the retained states, also after a reconnection, and with live messages. */
export class FleetSource {
  readonly fleet: Fleet;
  readonly #client: NatsConnection;
  readonly #options: SourceOptions;
  readonly #events: SourceEvents;
  readonly #time: Time;
  /** Subjects with a live message of the present connection: a retained one is older. */
  readonly #newer = new Set<string>();
  #connectedAtMs = -Infinity;
  #lostAtMs: number | undefined;
  #restoredAtMs: number | undefined;

  constructor(client: NatsConnection, options: SourceOptions, events: SourceEvents, time: Time) {
    this.fleet = new Fleet(options.maxEntries, time);
    this.#client = client;
    this.#options = options;
    this.#events = events;
    this.#time = time;
  }

  /** When the connection was lost, by the monotonic clock; undefined: it is not lost. */
  get lostAtMs(): number | undefined {
    return this.#lostAtMs;
  }

  /** Since when the present connection receives messages, if it replaces a lost one and states cannot be read again. */
  get restoredAtMs(): number | undefined {
    return this.#restoredAtMs;
  }

  /**
   * Follows the subjects.
   *
   * @returns resolves when the retained states were read: whether nothing was refused
   */
  async start(): Promise<boolean> {
    const subjects = this.#subjects();
    let isComplete = true;
    for (const subject of [...subjects.live, ...subjects.kept]) {
      this.#client.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) {
            this.#newer.add(message.subject);
            return this.#take(message.subject, message.data, 0);
          }
          isComplete = false;
          this.#events.problem(`Cannot watch ${subject}: ${refusalOf(error)}`);
        },
      });
    }
    void this.#followConnection();
    const isRead = await this.#readStates();
    return isRead !== "refused" && isComplete;
  }

  /**
   * Reads the last stored reading of each known meter, so that there are values before the first live one. Without the
   * stream or the permission, there are none. Never rejects.
   *
   * @param bitsPerSecond limit of the rate at which the server sends
   */
  async readLastReadings(bitsPerSecond: number): Promise<void> {
    const { prefix, domain } = this.#options;
    if (this.fleet.meters.length === 0) return;
    try {
      const readings = await findStream(await jetstreamOf(this.#client, domain), prefix, "readings");
      if (readings === undefined) return;
      for (const filter of this.#subjects().live) {
        const slice = { stream: readings.config.name, api: apiPrefix(domain), filter, last: true, bitsPerSecond };
        await readStream(this.#client, slice, ({ subject, data, ageMs }) => {
          const [site = "", meter = ""] = this.#tokensOf(subject);
          // The stream still has readings of meters that were removed
          const isKnown = this.fleet.meter(site, meter)?.status !== undefined;
          if (isKnown && !this.#newer.has(subject)) this.#take(subject, data, ageMs);
        });
      }
    } catch {
      // The first live reading replaces what is missing
    }
  }

  /**
   * Removes the nodes and meters whose states were removed from their stream, until `signal` is aborted: `fleet site
   * remove` sends no message about it. Asks the server only if something is silent. Call it after `start`. Never rejects.
   *
   * @param removed is called with what was removed each time; a node has no `meter`
   */
  async removeForgotten(removed: (entries: readonly FleetEntry[]) => void, signal: AbortSignal): Promise<void> {
    const remove = async () => {
      const forgotten = await this.#removeForgotten();
      if (forgotten.length > 0) removed(forgotten);
    };
    await repeatedly(remove, () => forgottenMs, { time: this.#time, signal });
  }

  async #removeForgotten(): Promise<readonly FleetEntry[]> {
    const silent = () => silentEntries(this.fleet, this.#time.mono(), this.#connectedAtMs);
    const { nodes, meters } = silent();
    if (this.#lostAtMs !== undefined || nodes.length + meters.length === 0) return [];
    const kept = await this.#keptStates().catch(() => undefined);
    if (kept === undefined) return [];
    const isForgotten = ({ site, meter = nodeToken }: { readonly site: string; readonly meter?: string }) =>
      !kept.has(new Subjects(this.#options.prefix, site).status(meter));
    // What has arrived meanwhile is not silent any more
    const still = silent();
    const forgotten = { nodes: still.nodes.filter(isForgotten), meters: still.meters.filter(isForgotten) };
    for (const { site } of forgotten.nodes) this.fleet.removeNode(site);
    for (const { site, meter } of forgotten.meters) this.fleet.removeMeter(site, meter);
    return [...forgotten.nodes.map(({ site }) => ({ site })), ...forgotten.meters];
  }

  /** The subjects of all states in their stream; undefined: there is no stream. */
  async #keptStates(): Promise<ReadonlySet<string> | undefined> {
    const { prefix, domain, site = "*" } = this.#options;
    const manager = await jetstreamOf(this.#client, domain);
    const found = await findStream(manager, prefix, "state");
    const info = found && await streamInfo(manager, found.config.name, new Subjects(prefix, site).status("*"));
    return info && new Set(Object.keys(info.state.subjects ?? {}));
  }

  async #followConnection(): Promise<void> {
    for await (const { type } of this.#client.status()) {
      if (type === Events.Disconnect) {
        this.#newer.clear();
        this.#lostAtMs ??= this.#time.mono();
        this.#events.connectionChanged();
      }
      if (type === Events.Reconnect) {
        this.#lostAtMs = undefined;
        this.#restoredAtMs = this.#time.mono();
        this.#connectedAtMs = this.#restoredAtMs;
        this.#events.connectionChanged();
        // With its ages, a stored state shows again which nodes are lost
        void this.#readStates().then((isRead) => {
          if (isRead === "read") this.#restoredAtMs = undefined;
        });
      }
    }
  }

  async #readStates(): Promise<"read" | "absent" | "refused"> {
    try {
      return await this.#readStream() ? "read" : "absent";
    } catch (error) {
      this.#events.problem(`Cannot read the retained states: ${refusalOf(error)}`);
      return "refused";
    }
  }

  /**
   * Reads the retained states. Without JetStream, the live messages still arrive.
   *
   * @throws {NatsError} this user has no permission to read them
   */
  async #readStream(): Promise<boolean> {
    const { prefix, domain } = this.#options;
    try {
      const state = await findStream(await jetstreamOf(this.#client, domain), prefix, "state");
      if (state === undefined) return false;
      for (const filter of this.#subjects().kept) {
        const slice = { stream: state.config.name, api: apiPrefix(domain), filter, last: true };
        await readStream(
          this.#client,
          slice,
          ({ subject, data, ageMs }) => {
            if (!this.#newer.has(subject)) this.#take(subject, data, ageMs);
          },
        );
      }
      return true;
    } catch (error) {
      if (deniedIn(error) !== undefined) throw error;
      return false;
    }
  }

  #take(subject: string, data: Uint8Array, ageMs: number): void {
    const tokens = this.#tokensOf(subject);
    const payload = data.length > maxPayloadBytes ? undefined : payloadOf(data);
    const update = this.fleet.apply(tokens, payload, this.#time.mono() - ageMs);
    if (update !== undefined) this.#events.update(update);
  }

  #tokensOf(subject: string): string[] {
    return subject.slice(this.#options.prefix.length + 1).split(".");
  }

  #subjects() {
    const { prefix, site = "*", meter = "*" } = this.#options;
    const subjects = new Subjects(prefix, site);
    const states = [subjects.status(meter), subjects.fault(meter, "*")];
    return {
      live: [subjects.reading(meter)],
      kept: meter === "*" ? states : [...states, subjects.status(nodeToken)],
    };
  }
}

function refusalOf(error: unknown): string {
  const denied = deniedIn(error);
  return denied === undefined ? errorText(error) : deniedText(denied, "connect as a viewer of the account");
}
