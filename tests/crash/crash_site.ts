import type { NatsConnection } from "nats";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { type JournalReader, openJournalReader } from "../../src/journal/mod.ts";
import { openSite, type Site } from "../support/site.ts";
import { CrashingService } from "./crashing_service.ts";
import { type Delivered, streamedAfter } from "./streamed.ts";
import type { WatchedMeter } from "./watched_meter.ts";

/** Meters, a NATS server and a state folder, which outlive the services that are ended. */
export class CrashSite implements AsyncDisposable {
  readonly site: Site;
  readonly meters: readonly WatchedMeter[];
  #service: CrashingService;

  /** Builds a site and starts its first service. */
  static async open(meters: readonly WatchedMeter[], meterKeys: string): Promise<CrashSite> {
    const site = await openSite({ meters, meterKeys, line: { keepRequests: 100 } });
    const crashSite = new CrashSite(site, meters);
    for (const meter of meters) meter.isStored = (record) => crashSite.isStored(record);
    return crashSite;
  }

  private constructor(site: Site, meters: readonly WatchedMeter[]) {
    this.site = site;
    this.meters = meters;
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

  /** Ends the service with SIGKILL and starts the next one on the same folder. */
  async restart(): Promise<void> {
    await this.#service.kill();
    this.#service = this.#newService();
  }

  /** Looks into the journal from outside, while the service uses it. */
  look<T>(work: (journal: JournalReader) => T): T {
    const journal = openJournalReader(this.#stateDir);
    try {
      return work(journal);
    } finally {
      journal.close();
    }
  }

  /** Whether exactly these bytes are in the journal, asked from outside. */
  isStored(record: string): boolean {
    const db = new DatabaseSync(join(this.#stateDir, "journal.db"), { readOnly: true });
    try {
      return db.prepare("SELECT 1 FROM records WHERE ocmf = ?").get(new TextEncoder().encode(record)) !== undefined;
    } finally {
      db.close();
    }
  }

  /** Resolves when the journal holds nothing that is not delivered; gives up with the service. */
  async delivered(): Promise<void> {
    const service = this.#service;
    while (service === this.#service && this.look((journal) => journal.undelivered()) > 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The records in the stream behind the sequence number `after`. */
  streamed(after = 0): Promise<Delivered[]> {
    return streamedAfter(this.client, after);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service.kill();
    await this.site[Symbol.asyncDispose]();
  }

  get #stateDir(): string {
    return join(this.site.folder, "state");
  }

  #newService(): CrashingService {
    return new CrashingService(this.site.config, this.log);
  }
}
