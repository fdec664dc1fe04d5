import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "nats";
import { startNatsServer } from "../support/nats_server.ts";
import { meterName } from "../support/site.ts";
import { CrashSite } from "./crash_site.ts";
import { Driver } from "./driver.ts";
import { Mayhem } from "./mayhem.ts";
import { within } from "./pause.ts";
import { type Delivered, streamedAfter } from "./streamed.ts";
import { paginationOf, WatchedMeter } from "./watched_meter.ts";

/** What came of a run. */
export interface Report {
  /** What was not as it must be; empty when nothing was lost. */
  readonly violations: readonly string[];
  /** Transactions that were asked for. */
  readonly asked: number;
  /** Those whose start was answered with OK. */
  readonly started: number;
  /** Records that the meters sealed. */
  readonly sealed: number;
  /** Messages with records in all streams, redeliveries after a wipe included. */
  readonly streamed: number;
  /** Times that a meter lost its supply. */
  readonly powerCuts: number;
  /** What else went wrong, and how often. */
  readonly counts: Mayhem["counts"];
}

const meterKeys = [
  "live_measurement_interval_ms: 1000",
  "communication_retry_count: 2",
  "communication_retry_delay_ms: 50",
  "communication_error_pause_delay_s: 1",
  "initial_connection_retry_count: 3",
  "initial_connection_retry_delay_ms: 100",
].join(", ");

/** How long what is left over may take once nothing goes wrong any more. */
const settlingMs = 60_000;

/**
 * Drives transactions on four meters while processes are killed, lines fail, power and broker come and go, and looks
 * whether anything was lost. The seed decides what is done; the times of real processes are their own.
 *
 * @param keepLog is called with the path of the log when something was lost
 */
export async function runRandomTransactions(
  { seed, transactions, keepLog }: { seed: number; transactions: number; keepLog?: (path: string) => void },
): Promise<Report> {
  const meters = [1, 2, 3, 4].map((unit) =>
    new WatchedMeter({ unit, closingMs: 50 * unit, powerLoss: unit % 2 === 0 ? "closes" : "keeps_running" })
  );
  await using site = await CrashSite.open(meters, meterKeys);
  await site.service.ready;
  const say = (what: string) =>
    appendFileSync(site.log, `${JSON.stringify({ at: new Date().toISOString(), level: "mayhem", message: what })}\n`);
  const mayhem = new Mayhem(site, seed, say);
  const drivers = meters.map((meter) => new Driver(site, meter, mayhem, seed));
  await Promise.all(drivers.map((driver) => driver.run(Math.ceil(transactions / meters.length))));
  await mayhem.end();
  await Promise.all(drivers.map((driver) => driver.finish()));
  if (!await within(site.delivered(), settlingMs)) say("records are still waiting");

  const streamed = await site.streamed();
  for (const archive of mayhem.archives) streamed.push(...await streamedIn(archive));
  const violations = [
    ...drivers.flatMap((driver) => driver.violations),
    ...meters.flatMap((meter) => lossesOf(site, meter, streamed)),
  ];
  if (violations.length > 0) keepLog?.(site.log);
  return {
    violations,
    asked: drivers.reduce((sum, { asked }) => sum + asked, 0),
    started: drivers.reduce((sum, { started }) => sum + started.length, 0),
    sealed: meters.reduce((sum, { sealed }) => sum + sealed.length, 0),
    streamed: streamed.length,
    powerCuts: meters.reduce((sum, meter) => sum + meter.powerCuts, 0),
    counts: mayhem.counts,
  };
}

/** What of a meter's records is not where it must be, as it must be. */
function lossesOf(site: CrashSite, meter: WatchedMeter, streamed: readonly Delivered[]): string[] {
  const name = meterName(meter.unit);
  const losses = meter.lost.map((record) => `record ${record} was erased before it was stored`);
  const records = site.look((journal) => journal.records({ meter: name }));
  const stored = records.map(({ ocmf }) => new TextDecoder().decode(ocmf));
  losses.push(...misplaced(meter.sealed, stored));
  stored.forEach((record, place) => {
    if (paginationOf(record) !== `T${place + 1}`) losses.push(`record ${place + 1} of the journal has another number`);
  });
  for (const { transactionId, verdict } of records) {
    if (verdict?.signature === "valid" && verdict.session === "ok") continue;
    losses.push(`the record of ${transactionId} was judged ${verdict?.signature}, ${verdict?.session}`);
  }
  for (const record of meter.sealed) {
    const names = new Set(streamed.filter(({ ocmf }) => ocmf === record).map(({ messageId }) => messageId));
    if (names.size !== 1) losses.push(`record ${paginationOf(record)} is in the stream under ${names.size} names`);
  }
  if (meter.ocmfState !== "NOT_READY") losses.push(`the meter is left ${meter.ocmfState}`);
  return losses.map((loss) => `${name}: ${loss}`);
}

function misplaced(sealed: readonly string[], stored: readonly string[]): string[] {
  return [
    ...sealed.filter((record) => !stored.includes(record)).map((record) => `${paginationOf(record)} is not stored`),
    ...stored.filter((record, place) => sealed[place] !== record).map((record) =>
      `${paginationOf(record)} is stored and was not sealed, or not at this place`
    ),
  ];
}

/** The records in a store that was taken away from its server. */
async function streamedIn(storeDir: string): Promise<Delivered[]> {
  if (!(await exists(join(storeDir, "jetstream", "$G", "streams", "WATTSEAL_OCMF")))) return [];
  await using server = await startNatsServer({ storeDir });
  const client = await connect({ servers: server.address });
  const records = await streamedAfter(client, 0);
  await client.close();
  return records;
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}
