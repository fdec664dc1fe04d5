import type { NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import { type Time, timestamp } from "../base/time.ts";
import { Waiters } from "../base/waiters.ts";
import { repeatedly } from "../base/waits.ts";
import { nodeToken } from "../contract/mod.ts";
import { type FleetEntry, FleetSource } from "../fleet/mod.ts";
import type { ConnectionView } from "../view/mod.ts";
import { LiveRows } from "./live_rows.ts";
import { RowVersions } from "./row_versions.ts";

/** The interval of versions. */
const versionMs = 1000;
/** Meters, and nodes, that are shown at most: a publisher can invent names. */
const maxEntries = 50_000;
/** The last readings do not fill the link to the server. */
const readingsBitsPerSecond = 32e6;

/** What the live state needs. */
export interface LiveFleetOptions {
  /** Prefix of all subjects. */
  readonly prefix: string;
  /** JetStream domain; undefined: that of the connected server. */
  readonly domain: string | undefined;
  readonly time: Time;
  readonly log: Pick<Log, "warn" | "info">;
}

/** The state of the fleet now, from NATS. At most once a second, its changes become a new version. */
export class LiveFleet {
  /** Distinguishes the versions of this process from those of another one. */
  readonly id: string = crypto.randomUUID().slice(0, 8);
  readonly #source: FleetSource;
  readonly #options: LiveFleetOptions;
  readonly #rows: LiveRows;
  readonly #versions: RowVersions;
  readonly #waiters = new Waiters();
  readonly #ended = new AbortController();
  /** What cannot be read over the present connection. */
  readonly #problems = new Set<string>();
  #connectionSinceMs: number;

  constructor(client: NatsConnection, options: LiveFleetOptions) {
    const { prefix, domain, time } = options;
    this.#options = options;
    this.#connectionSinceMs = time.now();
    this.#source = new FleetSource(client, { prefix, domain, maxEntries }, {
      update: (update) => this.#rows.touch(update),
      problem: (text) => this.#addProblem(text),
      connectionChanged: () => this.#connectionChanged(),
    }, time);
    this.#versions = new RowVersions(this.connection);
    this.#rows = new LiveRows(this.#source, this.#versions, time);
  }

  /** Follows the fleet until `stop`. @returns resolves when the retained states were read */
  async start(): Promise<void> {
    const { time } = this.#options;
    const { signal } = this.#ended;
    void repeatedly(() => this.#newVersion(), () => versionMs, { time, signal });
    await this.#source.start();
    this.#newVersion();
    void this.#source.readLastReadings(readingsBitsPerSecond);
    void this.#source.removeForgotten((entries) => this.#removed(entries), signal);
  }

  /** Ends all waiting. The caller closes the connection. */
  stop(): void {
    this.#ended.abort();
    this.#waiters.release();
  }

  /** Whether `stop` was called. */
  get isStopped(): boolean {
    return this.#ended.signal.aborted;
  }

  /** Connection to NATS. */
  get connection(): ConnectionView {
    const problems = [...this.#problems];
    return {
      connected: this.#source.lostAtMs === undefined,
      since: timestamp(this.#connectionSinceMs),
      ...(problems.length === 0 ? {} : { problems }),
    };
  }

  /** A meter with its node; undefined: unknown. */
  meter(site: string, name: string): ReturnType<LiveRows["meter"]> {
    return this.#rows.meter(site, name);
  }

  /** Number of the present version. */
  get version(): number {
    return this.#versions.version;
  }

  /** JSON of a `FleetSnapshot`. */
  snapshot(): string {
    return this.#versions.snapshot(this.#now());
  }

  /** JSON of a `FleetChange` from a version to the present one; undefined: only a snapshot is possible. */
  changesAfter(version: number): string | undefined {
    return this.#versions.changesAfter(version, this.#now());
  }

  /** Resolves when the version is not `version`, after `withinMs`, when `signal` is aborted, or after `stop`. */
  async changed(version: number, withinMs: number, signal: AbortSignal): Promise<void> {
    const { time } = this.#options;
    const isSame = () => this.#versions.version === version && !this.isStopped;
    await this.#waiters.waitWhile(isSame, { withinMs, time, signal });
  }

  #now(): string {
    return timestamp(this.#options.time.now());
  }

  #newVersion(): void {
    this.#versions.setConnection(this.connection);
    this.#rows.refresh();
    if (this.#versions.commit()) this.#waiters.release();
  }

  #removed(entries: readonly FleetEntry[]): void {
    for (const entry of entries) this.#rows.touch(entry);
    for (const [site, ofSite] of Map.groupBy(entries, ({ site }) => site)) {
      const names = ofSite.map(({ meter }) => meter ?? nodeToken).join(", ");
      this.#options.log.info("Removed from the page: nothing arrives, and the stream of states has no state of it", {
        site,
        names,
      });
    }
  }

  #addProblem(text: string): void {
    if (!this.#problems.has(text)) this.#options.log.warn(text);
    this.#problems.add(text);
  }

  #connectionChanged(): void {
    const { log, time } = this.#options;
    this.#connectionSinceMs = time.now();
    if (this.#source.lostAtMs !== undefined) return log.warn("The connection to NATS is lost");
    this.#problems.clear();
    log.info("The connection to NATS is restored");
  }
}
