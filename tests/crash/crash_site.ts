import type { NatsConnection } from "nats";
import { DatabaseSync } from "node:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type JournalReader, openJournalReader } from "../../src/journal/mod.ts";
import { openSite, type Site } from "../support/site.ts";
import { Adapters } from "./adapters.ts";
import { CrashingService } from "./crashing_service.ts";
import { pause } from "./pause.ts";
import { type Delivered, streamedAfter } from "./streamed.ts";
import type { WatchedMeter } from "./watched_meter.ts";

/** The database last: a service that misses it begins new files, which must stay. */
const journalFiles = ["journal.db-wal", "journal.db-shm", "journal.db"] as const;

/** Meters, a NATS server and a state folder, which outlive the services that are ended. */
export class CrashSite implements AsyncDisposable {
  readonly site: Site;
  /** The meters of all lines. */
  readonly meters: readonly WatchedMeter[];
  readonly adapters: Adapters;
  #service: CrashingService;
  #shiftMs = 0;

  /** Builds a site and starts its first service. */
  static async open(
    meters: readonly WatchedMeter[],
    meterKeys: string,
    secondLine?: readonly WatchedMeter[],
  ): Promise<CrashSite> {
    const site = await openSite({ meters, secondLine, meterKeys, line: { keepRequests: 100 } });
    const crashSite = new CrashSite(site, [meters, secondLine ?? []]);
    for (const meter of crashSite.meters) meter.isStored = (record) => crashSite.isStored(record);
    return crashSite;
  }

  private constructor(site: Site, meters: readonly (readonly WatchedMeter[])[]) {
    this.site = site;
    this.meters = meters.flat();
    this.adapters = new Adapters(site.lines, meters);
    this.#service = this.#newService();
  }

  /** The service that runs, or ran last. */
  get service(): CrashingService {
    return this.#service;
  }

  get client(): NatsConnection {
    return this.site.client;
  }

  /** What the services have logged. */
  get log(): string {
    return join(this.site.folder, "service.log");
  }

  /** Where the journal is. */
  get stateDir(): string {
    return join(this.site.folder, "state");
  }

  /** Ends the service with SIGKILL and starts the next one on the same folder. */
  async restart(): Promise<void> {
    await this.#service.kill();
    this.#service = this.#newService();
  }

  /** Sets the machine's wall clock, for the service that runs and for those that follow. */
  async setClock(shiftMs: number): Promise<void> {
    this.#shiftMs = shiftMs;
    await this.#service.setClock(shiftMs);
  }

  /**
   * Removes the files of the journal under the service.
   *
   * @returns whether they are there again, within `withinMs`
   */
  async removeJournal(withinMs: number): Promise<boolean> {
    for (const name of journalFiles) await Deno.remove(join(this.stateDir, name)).catch(unlessMissing);
    const again = () => Deno.stat(join(this.stateDir, "journal.db")).then(() => true, () => false);
    for (const untilMs = performance.now() + withinMs; performance.now() < untilMs;) {
      if (await again()) return true;
      await pause(20);
    }
    return false;
  }

  /** Looks into the journal from outside, while the service uses it. */
  look<T>(work: (journal: JournalReader) => T): T {
    const journal = openJournalReader(this.stateDir);
    try {
      return work(journal);
    } finally {
      journal.close();
    }
  }

  /** Whether exactly these bytes are in the journal, asked from outside. */
  isStored(record: string): boolean {
    // Files that were removed a moment ago are written again from what is still open: the end shows whether they were
    if (!existsSync(join(this.stateDir, "journal.db"))) return true;
    const db = new DatabaseSync(join(this.stateDir, "journal.db"), { readOnly: true });
    try {
      return db.prepare("SELECT 1 FROM records WHERE ocmf = ?").get(new TextEncoder().encode(record)) !== undefined;
    } catch (error) {
      // The log or its index is removed or written again at this very moment
      if (error instanceof Error && error.message === "disk I/O error") return true;
      throw error;
    } finally {
      db.close();
    }
  }

  /** Resolves when the journal holds nothing that is not delivered; gives up with the service. */
  async delivered(): Promise<void> {
    const service = this.#service;
    while (service === this.#service && this.look((journal) => journal.undelivered()) > 0) await pause(20);
  }

  /** The records in the stream behind the sequence number `after`. */
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
