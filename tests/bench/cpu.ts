import { BenchMeter } from "./bench_meter.ts";
import { BenchService } from "./bench_service.ts";
import { runClient } from "./client_run.ts";
import { pause, settledMs } from "./pause.ts";
import { median } from "./quantile.ts";
import type { Figure, SectionReport } from "./report.ts";
import type { Tools } from "./tools.ts";

interface RateResult {
  readonly readings: number;
  readonly failed: number;
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

interface Cost {
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

interface ServiceCost extends Cost {
  /** Of an exchange. */
  readonly cpuUs: number;
  readonly waits: number;
}

const units = 13;
const rounds = 6;
const idleSeconds = 60;
const seconds = 10;
const line = { units, keyBits: 384, baudrate: 115_200, turnaroundMs: 2 } as const;
const silenceUs = "1750";
/** The reads of one reading, from the read plan at this baud rate. */
const reads = ["0:52", "1280:32", "775:1", "2048:109"];

/**
 * Measures the cost of 1000 readings for the service, including publishing, and for a client with libmodbus: at the
 * same time on two identical lines, because the speed of a machine changes within seconds.
 */
export async function cpu(tools: Tools): Promise<SectionReport> {
  const figures: Figure[] = [];
  const { service, client, residentMb } = await costs(tools);
  const median1000 = (costs: readonly Cost[]) => median(costs.map(({ cpuSeconds }) => cpuSeconds));
  if (client.length > 0) {
    const ratios = service.map(({ cpuSeconds }, round) => cpuSeconds / (client[round]?.cpuSeconds ?? NaN));
    figures.push(
      { what: "CPU of the service, times libmodbus", value: median(ratios), unit: "", atMost: 2.5 },
      { what: "libmodbus, CPU of 1000 readings", value: median1000(client), unit: "s" },
      { what: "libmodbus, memory", value: client[0]?.residentMb ?? NaN, unit: "MB" },
    );
  }
  figures.push(
    { what: "service, CPU of 1000 readings", value: median1000(service), unit: "s" },
    { what: "service, CPU of an exchange", value: median(service.map(({ cpuUs }) => cpuUs)), unit: "us" },
    {
      what: "service, waits of its threads in an exchange",
      value: median(service.map(({ waits }) => waits)),
      unit: "",
    },
    { what: "memory of the service", value: residentMb, unit: "MB", atMost: 120 },
    {
      what: "CPU of the service while no meter answers",
      value: await idleShare(tools),
      unit: "% of a core",
      atMost: 0.3,
    },
  );
  return { title: "cpu", figures };
}

async function costs(tools: Tools) {
  await using ours = await BenchMeter.start(tools, line);
  await using theirs = await BenchMeter.start(tools, line);
  await using running = await BenchService.start({ lines: [ours] });
  await pause(settledMs);
  const service: ServiceCost[] = [];
  const client: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    const [cost, other] = await Promise.all([
      serviceCost(running, ours),
      tools.libmodbus === undefined ? undefined : clientCost(tools.libmodbus, theirs.path),
    ]);
    service.push(cost);
    if (other !== undefined) client.push(other);
  }
  return { service, client, residentMb: Math.max(...service.map((cost) => cost.residentMb)) };
}

async function serviceCost(service: BenchService, meter: BenchMeter): Promise<ServiceCost> {
  service.takeArrivals();
  await meter.totals();
  const before = { cpuSeconds: service.cpuSeconds, waits: service.waits };
  await pause(seconds * 1000);
  const used = service.cpuSeconds - before.cpuSeconds;
  const waits = service.waits - before.waits;
  const { exchanges } = await meter.totals();
  const readings = service.takeArrivals().values().reduce((sum, arrivals) => sum + arrivals.length, 0);
  return {
    cpuSeconds: used / readings * 1000,
    residentMb: service.residentMb,
    cpuUs: used / exchanges * 1e6,
    waits: waits / exchanges,
  };
}

async function clientCost(program: string, path: string): Promise<Cost> {
  const command = [program, path, "rate", `${seconds}`, `${units}`, silenceUs, ...reads];
  const { readings, cpuSeconds, residentMb } = await runClient<RateResult>(command);
  return { cpuSeconds: cpuSeconds / readings * 1000, residentMb };
}

/** A long time, because processor time is counted in hundredths of a second. */
async function idleShare(tools: Tools): Promise<number> {
  const silent = Array.from({ length: units }, (_, index) => index + 1);
  await using meter = await BenchMeter.start(tools, { ...line, silent });
  const meterKeys = ["initial_connection_retry_count: 1"];
  await using service = await BenchService.start({ lines: [meter], meterKeys });
  await pause(settledMs);
  const before = service.cpuSeconds;
  await pause(idleSeconds * 1000);
  return (service.cpuSeconds - before) / idleSeconds * 100;
}
