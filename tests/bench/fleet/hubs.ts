import { BenchMeter } from "../bench_meter.ts";
import { BenchService, meterName } from "../bench_service.ts";
import { pause } from "../pause.ts";
import { quantile } from "../quantile.ts";
import type { Figure, SectionReport } from "../report.ts";
import type { Tools } from "../tools.ts";
import { BenchHub } from "./bench_hub.ts";
import { Echo } from "./echo.ts";
import { Stations, type StationsResult } from "./stations.ts";

/** Results of a hub, for the plan. */
export interface HubFigures {
  /** Stored readings per second. */
  readonly flatOut: number;
  /** Processor cores used by all servers. */
  readonly flatOutCores: number;
  readonly bytesPerReading: number;
  readonly payloadBytes: number;
}

const line = { units: 13, keyBits: 384, baudrate: 115_200, turnaroundMs: 2 } as const;
const rates = [1000, 5000, 10_000] as const;
const metersPerStation = 13;
/** Rates and idle times alternate, so that other load of the machine affects all of them. */
const rounds = 4;
const seconds = 8;
/** Duration of a rate before the requests start: newly connected stations publish in bursts. */
const settlingSeconds = 3;
/** Pause between alternating requests for `transaction.status` and to the peer. */
const askEveryMs = 10;
/** Stations that publish at maximum speed. */
const flatOutStations = 8;

/**
 * Measures one real node and very many simulated stations on one hub: what the hub stores, and the duration of requests
 * to the node in comparison with requests to a process that only answers.
 */
export async function hub(
  tools: Tools,
  size: 1 | 3,
  say: (line: string) => void,
): Promise<{ report: SectionReport; measured: HubFigures }> {
  await using meter = await BenchMeter.start(tools, line);
  await using servers = await BenchHub.start(size);
  const [server = ""] = servers.addresses;
  await using service = await BenchService.start({ lines: [meter], server });
  await using echo = await Echo.start(server);
  const asked = { service, echo };
  const template = await readingTemplate(service);
  // The first readings of a stream and the first replies of a process take longer
  const first = { servers: servers.addresses, stations: flatOutStations, rate: 1000, seconds: 5, template };
  await underLoad(servers, asked, first);
  const figures: Figure[] = [{ what: "memory of a server, idle", value: servers.residentMb, unit: "MB" }];
  const idle = noLatencies();
  const loaded = rates.map((rate) => ({ rate, latencies: noLatencies(), runs: [] as Loaded[] }));
  for (let round = 1; round <= rounds; round++) {
    say(`  ${size} server(s), round ${round} of ${rounds}`);
    addLatencies(idle, await latencies(asked, seconds));
    for (const { rate, latencies, runs } of loaded) {
      const stations = Math.ceil(rate / metersPerStation);
      const run = await underLoad(servers, asked, { servers: servers.addresses, stations, rate, seconds, template });
      runs.push(run);
      addLatencies(latencies, run.latencies);
    }
  }
  figures.push(...latencyFigures("idle", idle));
  for (const { rate, latencies, runs } of loaded) {
    const at = `${rate} readings/s`;
    const times = (of: keyof Latencies) => quantile(latencies[of], 0.99) / quantile(idle[of], 0.99);
    const limit = rate === 5000 ? { atMost: 2 } : {};
    figures.push(
      ...latencyFigures(at, latencies),
      ...loadFigures(at, runs),
      { what: `p99 of transaction.status at ${at}, times idle`, value: times("status"), unit: "", ...limit },
      { what: `p99 of the peer at ${at}, times idle`, value: times("peer"), unit: "" },
    );
  }
  say(`  ${size} server(s), flat out`);
  const flatOut = await underLoad(servers, asked, {
    servers: servers.addresses,
    stations: flatOutStations,
    rate: 0,
    seconds,
    template,
  });
  const { messages, bytes } = await servers.stored();
  const measured: HubFigures = {
    flatOut: flatOut.result.inTime / flatOut.result.seconds,
    flatOutCores: flatOut.hubCores,
    bytesPerReading: bytes / messages,
    payloadBytes: template.length,
  };
  figures.push(
    { what: "flat out, stored", value: measured.flatOut, unit: "readings/s" },
    { what: "flat out, CPU of the servers", value: measured.flatOutCores, unit: "cores" },
    { what: "flat out, CPU of the stations", value: flatOut.result.cpuShare, unit: "cores" },
    { what: "payload of a signed reading", value: measured.payloadBytes, unit: "bytes" },
    { what: "stored for a signed reading", value: measured.bytesPerReading, unit: "bytes" },
  );
  return { report: { title: size === 1 ? "one server" : "three servers", figures }, measured };
}

interface Asked {
  readonly service: BenchService;
  readonly echo: Echo;
}

/** Milliseconds until the reply. */
interface Latencies {
  readonly status: number[];
  /** Of the process that only answers. */
  readonly peer: number[];
}

interface Loaded {
  readonly result: StationsResult;
  readonly latencies: Latencies;
  readonly hubCores: number;
  readonly hubMb: number;
  readonly nodeCores: number;
}

async function underLoad(
  servers: BenchHub,
  asked: Asked,
  task: Parameters<typeof Stations.start>[0],
): Promise<Loaded> {
  await using stations = await Stations.start({ ...task, seconds: task.seconds + settlingSeconds });
  const { service } = asked;
  await pause(settlingSeconds * 1000);
  const before = { hub: servers.cpuSeconds, node: service.cpuSeconds, ms: performance.now() };
  const taken = await latencies(asked, task.seconds);
  const passedSeconds = (performance.now() - before.ms) / 1000;
  const hubCores = (servers.cpuSeconds - before.hub) / passedSeconds;
  const nodeCores = (service.cpuSeconds - before.node) / passedSeconds;
  const hubMb = servers.residentMb;
  return { result: await stations.result(), latencies: taken, hubCores, hubMb, nodeCores };
}

function loadFigures(at: string, runs: readonly Loaded[]): Figure[] {
  const mean = (of: (run: Loaded) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const lost = runs.reduce((sum, { result }) => sum + result.sent - result.acknowledged, 0);
  return [
    { what: `${at}, stored in time`, value: mean(({ result }) => result.inTime / result.seconds), unit: "readings/s" },
    { what: `${at}, never acknowledged`, value: lost, unit: "readings", atMost: 0 },
    { what: `${at}, CPU of the servers`, value: mean(({ hubCores }) => hubCores), unit: "cores" },
    { what: `${at}, memory of the largest server`, value: Math.max(...runs.map(({ hubMb }) => hubMb)), unit: "MB" },
    { what: `${at}, CPU of the node`, value: mean(({ nodeCores }) => nodeCores), unit: "cores" },
  ];
}

function latencyFigures(when: string, { status, peer }: Latencies): Figure[] {
  return ([["transaction.status", status], ["the peer", peer]] as const).flatMap(([of, taken]) =>
    [0.5, 0.99].map((share) => ({
      what: `p${share * 100} of ${of}, ${when}`,
      value: quantile(taken, share),
      unit: "ms",
    }))
  );
}

function noLatencies(): Latencies {
  return { status: [], peer: [] };
}

function addLatencies(to: Latencies, { status, peer }: Latencies): void {
  to.status.push(...status);
  to.peer.push(...peer);
}

async function latencies({ service, echo }: Asked, seconds: number): Promise<Latencies> {
  const taken = noLatencies();
  const endMs = performance.now() + seconds * 1000;
  for (let count = 0; performance.now() < endMs; count++) {
    taken.status.push((await service.ask(meterName(0, count % line.units + 1), "transaction.status", {})).ms);
    await pause(askEveryMs);
    taken.peer.push(await echo.ask(service.client));
    await pause(askEveryMs);
  }
  return taken;
}

/** A published reading, with placeholders for meter id and time. */
async function readingTemplate(service: BenchService): Promise<string> {
  const readings = service.client.subscribe("wattseal.bench.*.reading");
  for await (const message of readings) {
    const reading = message.json<Record<string, unknown>>();
    if (reading["signed_meter_value"] === undefined) continue;
    return JSON.stringify({ ...reading, meter_id: "METER", timestamp: "TIME" });
  }
  throw new Error("The node publishes no signed reading");
}
