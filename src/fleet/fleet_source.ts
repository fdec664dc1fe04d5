import { Events, type NatsConnection } from "nats";
import { errorText } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { nodeToken, Subjects } from "../contract/mod.ts";
import { apiPrefix, deniedIn, deniedText, jetstreamOf } from "../nats/mod.ts";
import { findStream } from "./find_stream.ts";
import { Fleet, type FleetUpdate } from "./fleet.ts";
import { payloadOf } from "./payload.ts";
import { readStream } from "./read_stream.ts";

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

/** What the source reports. */
export interface SourceEvents {
  update(update: FleetUpdate): void;
  problem(text: string): void;
  /** The connection was lost or restored. */
  connectionChanged(): void;
}

/** Maximum size of a payload. The status of a node with very many meters is shorter. */
const maxPayloadBytes = 500_000;

/** Fills a fleet from NATS: with the retained states, also after a reconnection, and with live messages. */
export class FleetSource {
  readonly fleet: Fleet;
  readonly #client: NatsConnection;
  readonly #options: SourceOptions;
  readonly #events: SourceEvents;
  readonly #time: Pick<Time, "now" | "mono">;
  /** Subjects with a live message of the present connection: a retained one is older. */
  readonly #newer = new Set<string>();
  #lostAtMs: number | undefined;
  #restoredAtMs: number | undefined;

  constructor(client: NatsConnection, options: SourceOptions, events: SourceEvents, time: Pick<Time, "now" | "mono">) {
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
    const tokens = subject.slice(this.#options.prefix.length + 1).split(".");
    const payload = data.length > maxPayloadBytes ? undefined : payloadOf(data);
    const update = this.fleet.apply(tokens, payload, this.#time.mono() - ageMs);
    if (update !== undefined) this.#events.update(update);
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
