import assert from "node:assert/strict";
import { writeFailpoints } from "../../bridge/mod.ts";
import { journalFailpoints } from "../../src/journal/mod.ts";
import { natsFailpoints } from "../../src/nats/mod.ts";
import { failpoints } from "../../src/transaction/mod.ts";
import { ask } from "../support/site.ts";
import { CrashSite } from "./crash_site.ts";
import { startBody } from "./start_body.ts";
import type { Delivered } from "./streamed.ts";
import { type Place, placesOf, type Step } from "./steps.ts";
import { WatchedMeter } from "./watched_meter.ts";

/** Where a process is ended: at a step of its own, or when the client has its answer. */
type Row = Place | "start is answered" | "stop is answered";

const workers = 2;
const unit = 1;

Deno.test("Service loses nothing when it is killed at any step of a start or a stop", async () => {
  const steps = await traceTransaction();
  assert.deepEqual(
    new Set(steps.map(({ name }) => name)),
    new Set([...failpoints, ...writeFailpoints, ...journalFailpoints, ...natsFailpoints]),
    "each step that the code names is one of a transaction",
  );
  const rows: Row[] = [...placesOf(steps), "start is answered", "stop is answered"];
  const failures: string[] = [];
  await Promise.all(Array.from({ length: workers }, async (_, worker) => {
    await using site = await openCrashSite();
    await site.service.ready;
    for (const [index, row] of rows.entries()) {
      if (index % workers !== worker) continue;
      await killAt(site, row, `tx-${index}`).catch((error) => failures.push(`${textOf(row)}: ${error}`));
    }
    for (const { lost } of site.meters) failures.push(...lost.map((record) => `${record} was erased before stored`));
  }));
  assert.deepEqual(failures, []);
});

/** The steps of a whole transaction in a process to which nothing happens. */
async function traceTransaction(): Promise<readonly Step[]> {
  await using site = await openCrashSite();
  await site.service.ready;
  // What is done for a meter once, such as to note its place, is no step of every transaction
  await transact(site, "tx-0");
  await site.service.trace();
  await transact(site, "tx-1");
  await site.service.quiet();
  // The clock goes by itself, beside transactions
  return site.service.passed.filter(({ key }) => !/ 703[12]h$/.test(key));
}

async function transact(site: CrashSite, id: string): Promise<void> {
  assert.equal((await ask(site.client, unit, "transaction.start", startBody(id))).status, "OK");
  assert.equal((await ask(site.client, unit, "transaction.stop", { transaction_id: id })).status, "OK");
  await site.delivered();
}

function openCrashSite(): Promise<CrashSite> {
  const keys = "initial_connection_retry_delay_ms: 100, live_measurement_interval_ms: 60000";
  return CrashSite.open([new WatchedMeter({ unit, closingMs: 20 })], keys);
}

/** One transaction whose process is killed at `row`: its record arrives all the same, once and as it was sealed. */
async function killAt(site: CrashSite, row: Row, id: string): Promise<void> {
  const [meter] = site.meters;
  assert.ok(meter !== undefined);
  const before = (await site.streamed()).at(-1)?.seq ?? 0;
  const client = new Client(site, id);
  await client.driveTo(row);
  const left = {
    begun: meter.begun,
    state: meter.ocmfState,
    ending: ["stopping", "finished"].includes(site.look((journal) => journal.transaction("evse-1", id)?.state) ?? ""),
  };
  await site.restart();
  await site.service.ready;

  if (client.started) {
    const { status, error } = await ask(site.client, unit, "transaction.status", { transaction_id: id });
    assert.equal(status, "OK", error);
  } else {
    const { status, error } = await ask(site.client, unit, "transaction.start", startBody(id));
    assert.equal(status, "OK", error);
    assert.equal(meter.begun, left.begun + (left.state === "RUNNING" ? 0 : 1), "what runs is not begun again");
  }
  if (left.ending || (client.started && left.state !== "RUNNING")) {
    // Nobody asks for it
    await arrived(site, before, id);
  }
  const stop = await ask(site.client, unit, "transaction.stop", { transaction_id: id });
  assert.equal(stop.status, "OK", stop.error);
  assert.equal((await ask(site.client, unit, "transaction.start", startBody(id))).code, "TRANSACTION_FINISHED");

  const [record] = await arrived(site, before, id);
  await site.delivered();
  const all = await site.streamed(before);
  assert.deepEqual(all.map(({ transactionId }) => transactionId), [id], "one record, of this transaction");
  assert.equal(record?.ocmf, meter.sealed.at(-1), "byte for byte what the meter sealed");
  assert.equal(stop.signed_meter_value?.signed_meter_data, record?.ocmf);
  assert.equal(meter.sealed.filter((sealed) => sealed.includes(`<=>${id}"`)).length, 1);
  const { signature, session } = record?.verification ?? {};
  assert.deepEqual({ signature, session }, { signature: "valid", session: "ok" });
}

/** Drives one transaction until its process stands still, or until it has been answered. */
class Client {
  started = false;
  readonly #site: CrashSite;
  readonly #id: string;

  constructor(site: CrashSite, id: string) {
    this.#site = site;
    this.#id = id;
  }

  /** Goes as far as `row`. */
  async driveTo(row: Row): Promise<void> {
    const { service } = this.#site;
    if (typeof row === "string") return await this.#transact(row);
    await service.holdAt(row);
    // What is asked of a process that stands still is never answered
    const through = this.#transact(row).catch(() => {});
    // What a commit left can be seen from outside before the process has told that it stands still
    const answers = through.then(() => service.quiet()).then(() => false);
    assert.ok(await Promise.race([service.held.then(() => true), answers]), "the step was not passed");
  }

  async #transact(row: Row): Promise<void> {
    const { client } = this.#site;
    const start = await ask(client, unit, "transaction.start", startBody(this.#id));
    assert.equal(start.status, "OK", start.error);
    this.started = true;
    if (row === "start is answered") return;
    const stop = await ask(client, unit, "transaction.stop", { transaction_id: this.#id });
    assert.equal(stop.status, "OK", stop.error);
    if (row !== "stop is answered") await this.#site.delivered();
  }
}

/** Waits until a transaction's record is in the stream. */
async function arrived(site: CrashSite, after: number, id: string): Promise<Delivered[]> {
  for (const giveUpMs = performance.now() + 20_000; performance.now() < giveUpMs;) {
    const records = await site.streamed(after);
    if (records.length > 0) return records;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`the record of ${id} has not arrived`);
}

function textOf(row: Row): string {
  return typeof row === "string" ? row : `${row.key} (${row.nth})`;
}
