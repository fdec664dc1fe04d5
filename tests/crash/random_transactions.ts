import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "nats";
import { startNatsServer } from "../support/nats_server.ts";
import { CrashSite } from "./crash_site.ts";
import { Driver } from "./driver.ts";
import { countReplaced } from "./journal_damage.ts";
import { lossesOf } from "./losses.ts";
import { Mayhem } from "./mayhem.ts";
import { within } from "../support/pause.ts";
import { energyOf, ReadingsWatch } from "./readings_watch.ts";
import { type Delivered, streamedAfter } from "./streamed.ts";
import { WatchedMeter } from "./watched_meter.ts";

/** Result of a run. */
export interface Report {
  /** The violations; empty: nothing was lost. */
  readonly violations: readonly string[];
  /** Number of requested transactions. */
  readonly asked: number;
  /** Number of transactions whose start was answered with OK. */
  readonly started: number;
  /** Number of records that the meters have sealed. */
  readonly sealed: number;
  /** Number of messages with records in all streams, including redeliveries after a wipe. */
  readonly streamed: number;
  /** Number of power losses of meters. */
  readonly powerCuts: number;
  /** Number of published readings. */
  readonly readings: number;
  /** Number of damaged journals that were replaced. */
  readonly journalsReplaced: number;
  /** Number of the other failures. */
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

/** Time limit for the remaining work after the last failure. */
const settlingMs = 60_000;

/**
 * Runs transactions on four meters while processes are killed, lines fail, and power and broker are interrupted, and
 * checks whether anything was lost. The seed determines the events; the timing of real processes varies.
 *
 * @param keepLog is called with the path of the log if something was lost
 */
export async function runRandomTransactions(
  { seed, transactions, keepLog }: { seed: number; transactions: number; keepLog?: (path: string) => void },
): Promise<Report> {
  const meters = [1, 2, 3, 4].map(newMeter);
  await using site = await CrashSite.open({ meters: meters.slice(0, 2), meterKeys, secondLine: meters.slice(2) });
  const readings = new ReadingsWatch(site.client, meters);
  await site.service.ready;
  const say = (what: string) =>
    appendFileSync(site.log, `${JSON.stringify({ at: new Date().toISOString(), level: "mayhem", message: what })}\n`);
  const mayhem = new Mayhem(site, seed, say);
  const drivers = meters.map((meter, index) => new Driver(site, meter, mayhem, { seed, place: index + 1 }));
  await Promise.all(drivers.map((driver) => driver.run(Math.ceil(transactions / meters.length))));
  await mayhem.end();
  await Promise.all(drivers.map((driver) => driver.end()));
  await Promise.all(drivers.map((driver) => driver.finish()));
  if (!await within(site.delivered(), settlingMs)) say("records are still waiting");

  const streamed = await site.streamed();
  for (const archive of mayhem.archives) streamed.push(...await streamedIn(archive));
  const violations = [
    ...drivers.flatMap((driver) => driver.violations),
    ...readings.violations,
    ...lossesOf(site, streamed),
  ];
  if (violations.length > 0) keepLog?.(site.log);
  return {
    violations,
    asked: drivers.reduce((sum, { asked }) => sum + asked, 0),
    started: drivers.reduce((sum, { started }) => sum + started.length, 0),
    sealed: meters.reduce((sum, { sealed }) => sum + sealed.length, 0),
    streamed: streamed.length,
    powerCuts: meters.reduce((sum, meter) => sum + meter.powerCuts, 0),
    readings: readings.count,
    journalsReplaced: countReplaced(site.stateDir),
    counts: mayhem.counts,
  };
}

/** One of four meters: two on each line, with the same two units, so that the lines can be swapped. */
function newMeter(place: number): WatchedMeter {
  const meter = new WatchedMeter({
    name: `evse-${place}`,
    unit: (place - 1) % 2 + 1,
    seed: place,
    serialNumber: `KZ1234567${String(place).padStart(3, "0")}D`,
    closingMs: 50 * place,
    powerLoss: place % 2 === 0 ? "closes" : "keeps_running",
  });
  meter.set({ energyImportWh: energyOf(place) });
  return meter;
}

/** The records in a store that was removed from its server. */
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
