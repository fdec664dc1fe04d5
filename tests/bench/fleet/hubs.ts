import { BenchMeter } from "../bench_meter.ts";
import { BenchService, meterName } from "../bench_service.ts";
import { pause } from "../pause.ts";
import { quantile } from "../quantile.ts";
import type { Figure, SectionReport } from "../report.ts";
import type { Tools } from "../tools.ts";
import { BenchHub } from "./bench_hub.ts";
import { Stations, type StationsResult } from "./stations.ts";

/** What a hub carried, for the plan. */
export interface HubFigures {
  /** Readings a second that were stored. */
  readonly flatOut: number;
  /** Processor cores of all servers meanwhile. */
  readonly flatOutCores: number;
  readonly bytesPerReading: number;
  readonly payloadBytes: number;
}

const line = { units: 13, keyBits: 384, baudrate: 115_200, turnaroundMs: 2 } as const;
const rates = [1000, 5000, 10_000] as const;
const metersPerStation = 13;
const seconds = 20;
/** Requests for `transaction.status`, one after another with this pause. */
const askEveryMs = 20;
/** Stations that publish as fast as they can. */
const flatOutStations = 8;

/**
 * One real node and very many simulated stations on one hub: what the hub stores, and how long a request to the node
 * takes meanwhile.
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
  const template = await readingTemplate(service);
  await latencies(service, 5);
  const figures: Figure[] = [];
  const idle = await latencies(service, seconds);
  figures.push(...latencyFigures("idle", idle));
  figures.push({ what: "memory of a server, idle", value: servers.residentMb, unit: "MB" });
  for (const rate of rates) {
    say(`  ${size} server(s), ${rate} readings/s`);
    const task = { servers: servers.addresses, stations: Math.ceil(rate / metersPerStation), rate, seconds, template };
    const loaded = await underLoad(servers, service, task);
    figures.push(...latencyFigures(`${rate} readings/s`, loaded.latencies), ...loadFigures(rate, loaded));
    const ratio = quantile(loaded.latencies, 0.99) / quantile(idle, 0.99);
    const limit = rate === 5000 ? { atMost: 2 } : {};
    figures.push({
      what: `p99 of transaction.status at ${rate} readings/s, times idle`,
      value: ratio,
      unit: "",
      ...limit,
    });
  }
  say(`  ${size} server(s), flat out`);
  const flatOut = await underLoad(servers, service, {
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

interface Loaded {
  readonly result: StationsResult;
  readonly latencies: readonly number[];
  readonly hubCores: number;
  readonly hubMb: number;
  readonly nodeCores: number;
}

async function underLoad(
  servers: BenchHub,
  service: BenchService,
  task: Parameters<typeof Stations.start>[0],
): Promise<Loaded> {
  await using stations = await Stations.start(task);
  const before = { hub: servers.cpuSeconds, node: service.cpuSeconds };
  const [taken, result] = await Promise.all([latencies(service, seconds), stations.result()]);
  return {
    result,
    latencies: taken,
    hubCores: (servers.cpuSeconds - before.hub) / result.seconds,
    hubMb: servers.residentMb,
    nodeCores: (service.cpuSeconds - before.node) / result.seconds,
  };
}

function loadFigures(rate: number, { result, hubCores, hubMb, nodeCores }: Loaded): Figure[] {
  const at = `${rate} readings/s`;
  return [
    { what: `${at}, stored in time`, value: result.inTime / result.seconds, unit: "readings/s" },
    { what: `${at}, never acknowledged`, value: result.sent - result.acknowledged, unit: "readings", atMost: 0 },
    { what: `${at}, CPU of the servers`, value: hubCores, unit: "cores" },
    { what: `${at}, memory of the largest server`, value: hubMb, unit: "MB" },
    { what: `${at}, CPU of the node`, value: nodeCores, unit: "cores" },
  ];
}

function latencyFigures(when: string, latencies: readonly number[]): Figure[] {
  return [0.5, 0.99].map((share) => ({
    what: `p${share * 100} of transaction.status, ${when}`,
    value: quantile(latencies, share),
    unit: "ms",
  }));
}

async function latencies(service: BenchService, seconds: number): Promise<number[]> {
  const taken: number[] = [];
  const endMs = performance.now() + seconds * 1000;
  for (let count = 0; performance.now() < endMs; count++) {
    taken.push((await service.ask(meterName(0, count % line.units + 1), "transaction.status", {})).ms);
    await pause(askEveryMs);
  }
  return taken;
}

/** A reading as the node publishes it, with the places of meter id and time marked. */
async function readingTemplate(service: BenchService): Promise<string> {
  const readings = service.client.subscribe("wattseal.bench.*.reading");
  for await (const message of readings) {
    const reading = message.json<Record<string, unknown>>();
    if (reading["signed_meter_value"] === undefined) continue;
    return JSON.stringify({ ...reading, meter_id: "METER", timestamp: "TIME" });
  }
  throw new Error("The node publishes no signed reading");
}
