import assert from "node:assert/strict";
import { writeFailpoints } from "../../src/line/mod.ts";
import { journalFailpoints } from "../../src/journal/mod.ts";
import { natsFailpoints } from "../../src/nats/mod.ts";
import { failpoints } from "../../src/transaction/mod.ts";
import { ask } from "../support/site.ts";
import { CrashSite } from "./crash_site.ts";
import { MatrixClient } from "./matrix_client.ts";
import { isInOutbox, maxRows, type Round, roundsOf, type Row, textOf } from "./rounds.ts";
import { startBody } from "./start_body.ts";
import type { Step } from "./steps.ts";
import { WatchedMeter } from "./watched_meter.ts";

const workers = 2;
/** The transaction of the first one is traced, and its process is stopped. */
const units = Array.from({ length: maxRows }, (_, index) => index + 1);

Deno.test("Service loses nothing if it is killed at any step of a start or a stop", async () => {
  await using parts = new AsyncDisposableStack();
  const site = parts.use(await openCrashSite());
  const steps = await traceTransaction(site);
  assert.deepEqual(
    new Set(steps.map(({ name }) => name)),
    new Set([...failpoints, ...writeFailpoints, ...journalFailpoints, ...natsFailpoints]),
    "each named step of the code is a step of a transaction",
  );
  const rounds = roundsOf(steps);
  const rows = rounds.flatMap(({ before, last }) => [...before, last]);
  assert.equal(new Set(rows.map(textOf)).size, steps.length + 2, "each step and each answer is a row");
  const failures: string[] = [];
  const others = Array.from({ length: workers - 1 }, async () => parts.use(await openCrashSite()));
  await Promise.all([site, ...others].map(async (opening, worker) => {
    const site = await opening;
    await site.service.ready;
    for (const [index, round] of rounds.entries()) {
      if (index % workers !== worker) continue;
      failures.push(...await killIn(site, round, `tx-${index}`));
    }
    for (const { lost } of site.meters) failures.push(...lost.map((record) => `${record} was erased before stored`));
  }));
  assert.deepEqual(failures, []);
});

/** The steps of a whole transaction in a process without failures. */
async function traceTransaction(site: CrashSite): Promise<readonly Step[]> {
  await site.service.ready;
  // Steps that happen once for a meter, such as storing its place, are not steps of every transaction
  await transact(site, "tx-first");
  await site.service.trace();
  await transact(site, "tx-traced");
  await site.service.quiet();
  // The clock is set independent of transactions
  return site.service.passed.filter(({ key }) => !/ 703[12]h$/.test(key));
}

async function transact(site: CrashSite, id: string): Promise<void> {
  const [unit = 1] = units;
  assert.equal((await ask(site.client, unit, "transaction.start", startBody(id))).status, "OK");
  assert.equal((await ask(site.client, unit, "transaction.stop", { transaction_id: id })).status, "OK");
  await site.delivered();
}

function openCrashSite(): Promise<CrashSite> {
  const meterKeys = "initial_connection_retry_delay_ms: 100, live_measurement_interval_ms: 60000";
  const meters = units.map((unit) => new WatchedMeter({ unit, closingMs: 20, serialNumber: `KZ123456700${unit}D` }));
  // A step after a write is not passed if its answer comes too late
  return CrashSite.open({ meters, meterKeys, initialTimeoutMs: 10_000 });
}

/**
 * One transaction on each of some meters, whose process is killed when all are at the step of the round: each record
 * arrives anyway.
 *
 * @returns the failures
 */
async function killIn(site: CrashSite, { before, last }: Round, id: string): Promise<string[]> {
  const seq = (await site.streamed()).at(-1)?.seq ?? 0;
  const failures: string[] = [];
  const attempt = (row: Row, work: Promise<void>) => work.catch((error) => failures.push(`${textOf(row)}: ${error}`));
  const rows = [last, ...before].map((row, index) => {
    const meter = site.meters[index];
    assert.ok(meter !== undefined, "each row has a meter of its own");
    return { row, client: new MatrixClient(site, meter, { id: `${id}-${meter.unit}`, before: seq }) };
  });
  for (const { row, client } of [...rows.slice(1), ...rows.slice(0, 1)]) {
    await attempt(row, client.driveTo(row, row !== last));
  }
  for (const { client } of rows) client.noteLeft();
  if (isInOutbox(before[0])) {
    const undelivered = site.look((journal) => journal.undelivered());
    if (undelivered !== before.length) {
      failures.push(`${textOf(last)}: ${undelivered} records wait, not ${before.length}`);
    }
  }
  await site.restart();
  await site.service.ready;
  await Promise.all(rows.map(({ row, client }) => attempt(row, client.finish())));
  return failures;
}
