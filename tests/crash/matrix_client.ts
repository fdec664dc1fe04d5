import assert from "node:assert/strict";
import { serialNumberIn } from "../../src/meter/mod.ts";
import { type Answer, ask, meterName } from "../support/site.ts";
import type { CrashSite } from "./crash_site.ts";
import { pause } from "../support/pause.ts";
import { isInOutbox, type Row } from "./rounds.ts";
import { startBody } from "./start_body.ts";
import type { Delivered } from "./streamed.ts";
import type { WatchedMeter } from "./watched_meter.ts";

/** Runs one transaction of a meter until its process is killed, and then to its end. */
export class MatrixClient {
  readonly #site: CrashSite;
  readonly #meter: WatchedMeter;
  readonly #id: string;
  /** The last record in the stream before. */
  readonly #before: number;
  #isStarted = false;
  readonly #stopped = Promise.withResolvers<void>();
  /** The state when the process was killed; `ending`: the transaction was ending in the journal. */
  #left = { begun: 0, state: "", ending: false };

  /** @param before sequence number of the last record in the stream */
  constructor(site: CrashSite, meter: WatchedMeter, { id, before }: { id: string; before: number }) {
    this.#site = site;
    this.#meter = meter;
    this.#id = id;
    this.#before = before;
  }

  /** Runs up to `row`, where the whole process stops, or only this transaction (`alone`). */
  async driveTo(row: Row, alone: boolean): Promise<void> {
    const { service } = this.#site;
    if (typeof row === "string") return await this.#transact(row);
    await (alone ? service.holdTransactionAt(row) : service.holdAt(row));
    // A stopped process never answers
    let failure: unknown;
    const through = this.#transact(row).catch((error) => failure = error);
    // A commit is visible from outside before the process has reported that it has stopped
    const answers = through.then(() => service.quiet()).then(() => false);
    assert.ok(await Promise.race([service.held.then(() => true), answers]), `the step was not passed: ${failure}`);
    // Only the outbox is stopped: the transaction continues, and must not pass the step of the next row
    if (alone && isInOutbox(row)) await Promise.race([this.#stopped.promise, through]);
  }

  /** Records the state of the transaction on the meter and in the journal before the process is killed. */
  noteLeft(): void {
    const { begun, ocmfState: state, unit } = this.#meter;
    const stored = this.#site.look((journal) => journal.transaction(meterName(unit), this.#id)?.state) ?? "";
    this.#left = { begun, state, ending: ["stopping", "finished"].includes(stored) };
  }

  /** Ends the transaction with the next process: its record arrives, once and as it was sealed. */
  async finish(): Promise<void> {
    const meter = this.#meter;
    const id = this.#id;
    const left = this.#left;
    if (this.#isStarted) {
      const { status, error } = await this.#ask("transaction.status", { transaction_id: id });
      assert.equal(status, "OK", String(error));
    } else {
      const { status, error } = await this.#ask("transaction.start", startBody(id));
      assert.equal(status, "OK", String(error));
      assert.equal(meter.begun, left.begun + (left.state === "RUNNING" ? 0 : 1), "what runs is not begun again");
    }
    // No client requests it
    if (left.ending || (this.#isStarted && left.state !== "RUNNING")) await this.#arrived();
    const stop = await this.#ask("transaction.stop", { transaction_id: id });
    assert.equal(stop.status, "OK", String(stop.error));
    assert.equal((await this.#ask("transaction.start", startBody(id))).code, "TRANSACTION_FINISHED");

    const [record] = await this.#arrived();
    await this.#site.delivered();
    const all = await this.#streamed();
    assert.deepEqual(all.map(({ transactionId }) => transactionId), [id], "one record, of this transaction");
    assert.equal(record?.ocmf, meter.sealed.at(-1), "byte for byte what the meter sealed");
    assert.equal(stop.signed_meter_value?.signed_meter_data, record?.ocmf);
    assert.equal(meter.sealed.filter((sealed) => sealed.includes(`<=>${id}"`)).length, 1);
    const { signature, session } = record?.verification ?? {};
    assert.deepEqual({ signature, session }, { signature: "valid", session: "ok" });
  }

  async #transact(row: Row): Promise<void> {
    const start = await this.#ask("transaction.start", startBody(this.#id));
    assert.equal(start.status, "OK", String(start.error));
    this.#isStarted = true;
    if (row === "start is answered") return;
    const stop = await this.#ask("transaction.stop", { transaction_id: this.#id });
    assert.equal(stop.status, "OK", String(stop.error));
    this.#stopped.resolve();
    if (row !== "stop is answered") await this.#site.delivered();
  }

  #ask(what: string, body: object): Promise<Answer> {
    return ask(this.#site.client, this.#meter.unit, what, body);
  }

  /** Waits until the record is in the stream. */
  async #arrived(): Promise<Delivered[]> {
    for (const giveUpMs = performance.now() + 20_000; performance.now() < giveUpMs;) {
      const records = await this.#streamed();
      if (records.length > 0) return records;
      await pause(20);
    }
    assert.fail(`the record of ${this.#id} has not arrived`);
  }

  /** The records of this meter in the stream. */
  async #streamed(): Promise<Delivered[]> {
    const records = await this.#site.streamed(this.#before);
    return records.filter(({ meterId }) => serialNumberIn(meterId) === this.#meter.serialNumber);
  }
}
