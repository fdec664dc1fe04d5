import { type Journal, openJournal } from "../../src/journal/mod.ts";
import type { NatsNodeParts } from "../../src/nats/mod.ts";
import { atMs } from "./fakes.ts";

/** A real journal in its own folder; a test can wait for the delivery of records. */
export class TestJournal implements Disposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "wattseal-test-" });
  readonly real: Journal = openJournal(this.#folder, { now: () => atMs });
  /** Wall clock for the delivery times of records. @default the clock of the node */
  deliveredAtMs: number | undefined;
  /** How many times marking a record as delivered fails. */
  failures = 0;
  #marked: (() => void)[] = [];

  /** Stores a record of a finished transaction. */
  add(transactionId: string, { padding = "", meter = "evse-1" } = {}): string {
    const ocmf = new TextEncoder().encode(`OCMF|{"PG":"T1","TT":"${padding}<=>${transactionId}"}|{"SD":"00"}`);
    const { record } = this.real.storeRecord({
      meter,
      meterId: "BY1234567.2024",
      transactionId,
      evseId: "DE*ABC*E1",
      reason: "stopped",
      ocmf,
      publicKey: "04" + "AB".repeat(64),
      signingMethod: "ECDSA-brainpoolP256r1-SHA256",
      readAtMs: atMs,
    });
    this.real.storeVerdict(record.seq, { signature: "invalid", session: "ok", key: "first_seen", problems: [] }, {});
    return record.messageId;
  }

  get outbox(): NatsNodeParts["journal"] {
    const { real } = this;
    return {
      outbox: (limit, afterSeq, skipAfterSeq) => real.outbox(limit, afterSeq, skipAfterSeq),
      record: (seq) => real.record(seq),
      redeliveries: (limit, afterSeq) => real.redeliveries(limit, afterSeq),
      recentlyDelivered: (nowMs, ageMs, limit) => real.recentlyDelivered(nowMs, ageMs, limit),
      knownStream: (stream) => real.knownStream(stream),
      lastRecordInStream: (stream, upToSeq) => real.lastRecordInStream(stream, upToSeq),
      openTransactions: (meter) => real.openTransactions(meter),
      records: (filter) => real.records(filter),
      undelivered: () => real.undelivered(),
      size: () => real.size(),
      eachRecord: (filter) => real.eachRecord(filter),
      noteStream: (stream) => Promise.resolve(real.noteStream(stream)),
      redeliver: (selection) => Promise.resolve(real.redeliver(selection)),
      markDelivered: (seq, at, place) => {
        if (this.failures-- > 0) return Promise.reject(new Error("disk full"));
        real.markDelivered(seq, this.deliveredAtMs ?? at, place);
        for (const resolve of this.#marked.splice(0)) resolve();
        return Promise.resolve();
      },
    };
  }

  /** Resolves when `count` records are left in the outbox. */
  async left(count: number): Promise<void> {
    while (this.real.undelivered() > count) await new Promise<void>((resolve) => this.#marked.push(resolve));
  }

  [Symbol.dispose](): void {
    this.real.close();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}
