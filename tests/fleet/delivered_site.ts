import { nanos, type NatsConnection } from "nats";
import type { NatsNodeParts } from "../../src/nats/mod.ts";
import { ocmfResult } from "../../src/contract/mod.ts";
import { newRecord, TempFolder } from "../journal/temp_folder.ts";

/** So old that a starting node does not deliver it again. */
const longAgoMs = Date.now() - 86_400_000;

/** A journal whose records a test delivers itself. */
export class DeliveredSite implements Disposable {
  readonly folder = new TempFolder();
  readonly #site: string;

  constructor(site: string) {
    this.#site = site;
  }

  /** The journal for a node. */
  get journal(): NatsNodeParts["journal"] {
    return this.folder.live;
  }

  /** The message ids of all records, in order. */
  get ids(): string[] {
    return this.folder.journal.records().map(({ messageId }) => messageId);
  }

  /**
   * Stores records and has a stream acknowledge them.
   *
   * @param numbers their pagination numbers
   */
  async deliver(client: NatsConnection, ...numbers: number[]): Promise<void> {
    const { journal } = this.folder;
    for (const number of numbers) {
      const ocmf = new TextEncoder().encode(`OCMF|{"PG":"T${number}","TT":"<=>tx-${number}"}|{"SD":"00"}`);
      const { record } = journal.storeRecord({
        ...newRecord(`tx-${number}`, ocmf),
        publicKey: "04" + "AB".repeat(64),
        readAtMs: longAgoMs,
      });
      journal.storeVerdict(record.seq, { signature: "invalid", session: "ok", key: "pinned", problems: [] }, {});
      await this.publish(client, record.seq);
      journal.markDelivered(record.seq, longAgoMs);
    }
  }

  /** Publishes a stored record like a node, until the stream stores it: a copy waits for the end of the duplicate window. */
  async publish(client: NatsConnection, seq: number): Promise<void> {
    await this.#publish(client, seq, {});
  }

  /** Publishes different bytes with the id of a stored record, with a short duplicate window of the edge. */
  async forge(client: NatsConnection, seq: number, ocmf: string): Promise<void> {
    const manager = await client.jetstreamManager({ checkAPI: false });
    const { config } = await manager.streams.info("WATTSEAL_OCMF");
    await manager.streams.update("WATTSEAL_OCMF", { ...config, duplicate_window: 100e6 });
    await this.#publish(client, seq, { ocmf });
  }

  async #publish(client: NatsConnection, seq: number, changes: object): Promise<void> {
    const record = this.folder.journal.record(seq);
    if (record === undefined) throw new RangeError(`There is no record ${seq}`);
    const payload = JSON.stringify({ ...ocmfResult(record), ...changes });
    const subject = `wattseal.${this.#site}.${record.meter}.ocmf`;
    for (;;) {
      const { duplicate } = await client.jetstream().publish(subject, payload, {
        msgID: record.messageId,
        timeout: 30_000,
      });
      if (!duplicate) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

/** Creates the stream of records of one site, like its node. */
export async function addRecordStream(client: NatsConnection, site: string, windowMs = 3_600_000): Promise<void> {
  for (;;) {
    try {
      const manager = await client.jetstreamManager({ checkAPI: false, timeout: 1_000 });
      const subjects = [`wattseal.${site}.*.ocmf`];
      await manager.streams.add({ name: "WATTSEAL_OCMF", subjects, duplicate_window: nanos(windowMs) });
      return;
    } catch {
      // The server has just restarted
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
