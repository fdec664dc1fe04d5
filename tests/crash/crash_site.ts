import type { NatsConnection } from "nats";
import { DatabaseSync } from "node:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type JournalReader, openJournalReader } from "../../src/journal/mod.ts";
import { openSite, type Site, type SiteOptions } from "../support/site.ts";
import { Adapters } from "./adapters.ts";
import { CrashingService } from "./crashing_service.ts";
import { pause } from "../support/pause.ts";
import { type Delivered, streamedAfter } from "./streamed.ts";
import type { WatchedMeter } from "./watched_meter.ts";

/** The database last: a service without it creates new files, which must stay. */
const journalFiles = ["journal.db-wal", "journal.db-shm", "journal.db"] as const;

type CrashSiteOptions = Pick<SiteOptions, "meterKeys" | "initialTimeoutMs"> & {
  readonly meters: readonly WatchedMeter[];
  readonly secondLine?: readonly WatchedMeter[];
};

/** Meters, a NATS server and a state folder, which are independent of the killed services. */
export class CrashSite implements AsyncDisposable {
  readonly site: Site;
  /** The meters of all lines. */
  readonly meters: readonly WatchedMeter[];
  readonly adapters: Adapters;
  #service: CrashingService;
  #shiftMs = 0;
  #isRemoving = false;

  /** Builds a site and starts its first service. */
  static async open(options: CrashSiteOptions): Promise<CrashSite> {
    const site = await openSite({ initialTimeoutMs: 200, ...options, line: { keepRequests: 100 } });
    const crashSite = new CrashSite(site, [options.meters, options.secondLine ?? []]);
    for (const meter of crashSite.meters) meter.isStored = (record) => crashSite.isStored(record);
    return crashSite;
  }

  private constructor(site: Site, meters: readonly (readonly WatchedMeter[])[]) {
    this.site = site;
    this.meters = meters.flat();
    this.adapters = new Adapters(site.lines, meters);
    this.#service = this.#newService();
  }

  /** The running service, or the last one. */
  get service(): CrashingService {
    return this.#service;
  }

  get client(): NatsConnection {
    return this.site.client;
  }

  /** The log of the services. */
  get log(): string {
    return join(this.site.folder, "service.log");
  }

  /** Path of the journal. */
  get stateDir(): string {
    return join(this.site.folder, "state");
  }

  /** Ends the service with SIGKILL and starts the next one with the same folder. */
  async restart(): Promise<void> {
    await this.#service.kill();
    this.#service = this.#newService();
  }

  /** Sets the wall clock of the machine for the present and all later services. */
  async setClock(shiftMs: number): Promise<void> {
    this.#shiftMs = shiftMs;
    await this.#service.setClock(shiftMs);
  }

  /**
   * Removes the files of the journal in use.
   *
   * @returns whether they exist again within `withinMs`
   */
  async removeJournal(withinMs: number): Promise<boolean> {
    this.#isRemoving = true;
    for (const name of journalFiles) await Deno.remove(join(this.stateDir, name)).catch(unlessMissing);
    this.#isRemoving = false;
    const again = () => Deno.stat(join(this.stateDir, "journal.db")).then(() => true, () => false);
    for (const untilMs = performance.now() + withinMs; performance.now() < untilMs;) {
      if (await again()) return true;
      await pause(20);
    }
    return false;
  }

  /** Reads the journal from outside while the service uses it. */
  look<T>(work: (journal: JournalReader) => T): T {
    const journal = openJournalReader(this.stateDir);
    try {
      return work(journal);
    } finally {
      journal.close();
    }
  }

  /** Whether exactly these bytes are in the journal, read from outside. */
  isStored(record: string): boolean {
    // Removed files are written again from the open database: the end shows whether they were
    if (this.#isRemoving || !existsSync(join(this.stateDir, "journal.db"))) return true;
    const db = new DatabaseSync(join(this.stateDir, "journal.db"), { readOnly: true });
    try {
      return db.prepare("SELECT 1 FROM records WHERE ocmf = ?").get(new TextEncoder().encode(record)) !== undefined;
    } catch (error) {
      // The log or its index is being removed or written again
      if (error instanceof Error && error.message === "disk I/O error") return true;
      throw error;
    } finally {
      db.close();
    }
  }

  /** Resolves when the journal contains no undelivered record; rejects when the service ends. */
  async delivered(): Promise<void> {
    const service = this.#service;
    while (service === this.#service && this.look((journal) => journal.undelivered()) > 0) await pause(20);
  }

  /** The records in the stream after the sequence number `after`. */
  streamed(after = 0): Promise<Delivered[]> {
    return streamedAfter(this.client, after);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service.kill();
    await this.site[Symbol.asyncDispose]();
  }

  #newService(): CrashingService {
    return new CrashingService(this.site.config, this.log, this.#shiftMs);
  }
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
