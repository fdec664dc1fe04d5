import { systemTime } from "../../src/base/time.ts";
import type { NatsServer } from "../support/nats_server.ts";
import { readingFindings, recordFindings, settled } from "./checks.ts";
import { Station } from "./edge.ts";
import { Hub } from "./hub.ts";
import { LiveReadings } from "./live_readings.ts";
import type { Outcome } from "./outcome.ts";
import { untilStopped } from "./until_stopped.ts";

const replicated = ["ocmf", "readings", "state"].map((kind) => `${kind}: { replicas: 3 }`).join(", ");

/** One server of a hub of three is killed during transactions and restarted before they end. */
export function serverKilled(transactions: number, awayMs: number): Promise<Outcome> {
  return duringTransactions(transactions, async (hub, half) => {
    const server = hub.servers[1];
    await half;
    await server?.stop("SIGKILL");
    await systemTime.sleep(awayMs);
    await server?.restart();
    return [`one of three servers killed for ${awayMs / 1000} s`];
  });
}

/** The leader of the stream of records is killed repeatedly. */
export function leadersLost(transactions: number, times: number): Promise<Outcome> {
  return duringTransactions(transactions, async (hub) => {
    for (let count = 0; count < times; count++) {
      const leader = await leaderOf(hub);
      await leader.stop("SIGKILL");
      await systemTime.sleep(6_000);
      await leader.restart();
      await hub.cluster?.ready();
    }
    return [`${times} leaders killed`];
  });
}

function leaderOf(hub: Hub): Promise<NatsServer> {
  if (hub.cluster === undefined) throw new Error("A hub of one has no leader");
  return hub.cluster.leaderOf("WATTSEAL_OCMF");
}

async function duringTransactions(
  transactions: number,
  mishap: (hub: Hub, half: Promise<void>) => Promise<string[]>,
): Promise<Outcome> {
  await using hub = await Hub.start(3);
  const live = new LiveReadings(hub.client, "site-1");
  await hub.client.flush();
  await using station = await Station.start({
    site: "site-1",
    servers: hub.addresses,
    meters: 4,
    topKeys: `streams: { ${replicated} }\n`,
    seed: 1,
  });
  await station.service.metersTried;
  const half = Promise.withResolvers<void>();
  const mishaps = mishap(hub, half.promise);
  let done = 0;
  let repeated = 0;
  const drive = async (meter: string) => {
    while (done < transactions) {
      const id = `tx-${++done}`;
      if (done >= transactions / 2) half.resolve();
      repeated += await untilStopped(hub.client, station.site, meter, id);
      // Meters are read between transactions
      await systemTime.sleep(betweenMs);
    }
  };
  await Promise.all(station.meters.map(drive));
  const facts = await mishaps;
  await station.delivered();
  const ids = [...live.ids];
  const findings = await settled(async () => [
    ...recordFindings(station.site, station.recordIds(), await hub.stored("WATTSEAL_OCMF")),
    ...readingFindings(station.site, ids, await hub.stored("WATTSEAL_READINGS")),
  ]);
  const count = station.recordIds().length;
  if (count < transactions) findings.push(`${transactions} transactions left ${count} records`);
  return { findings, facts: [...facts, `${count} records, ${ids.length} readings, ${repeated} requests repeated`] };
}

const betweenMs = 700;
