import { BenchMeter, wireSeconds } from "./bench_meter.ts";
import { BenchService, meterName } from "./bench_service.ts";
import { pause, settledMs } from "./pause.ts";
import { median, quantile } from "./quantile.ts";
import { paceOf } from "./rates.ts";
import type { SectionReport } from "./report.ts";
import type { Tools } from "./tools.ts";

const seconds = 15;
const rounds = 5;

/** Sixteen lines of four meters in one process. */
export async function sixteen(tools: Tools): Promise<SectionReport> {
  const { rates, cpuPercent, residentMb } = await run(tools, 16, 4, []);
  return {
    title: "sixteen lines",
    figures: [
      { what: "slowest of 64 meters, readings a second", value: Math.min(...rates), unit: "" },
      { what: "CPU", value: cpuPercent, unit: "% of a core" },
      { what: "memory", value: residentMb, unit: "MB" },
    ],
  };
}

/** 128 meters on eight lines in one process. */
export async function eight(tools: Tools): Promise<SectionReport> {
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await run(tools, 8, 16, [], settledMs));
  const of = (pick: (run: Run) => number) => median(runs.map(pick));
  return {
    title: "eight lines",
    figures: [
      { what: "slowest of 128 meters, readings a second", value: of(({ rates }) => Math.min(...rates)), unit: "" },
      { what: "CPU", value: of(({ cpuPercent }) => cpuPercent), unit: "% of a core", atMost: 15 },
      { what: "memory", value: of(({ residentMb }) => residentMb), unit: "MB", atMost: 120 },
    ],
  };
}

/** 64 lines of one meter in one process. */
export async function sixtyfour(tools: Tools): Promise<SectionReport> {
  const { rates, cpuPercent, residentMb } = await run(tools, 64, 1, []);
  return {
    title: "64 lines",
    figures: [
      { what: "slowest of 64 meters, readings a second", value: Math.min(...rates), unit: "", atLeast: 0.99 },
      { what: "CPU", value: cpuPercent, unit: "% of a core" },
      { what: "memory", value: residentMb, unit: "MB" },
    ],
  };
}

/**
 * Meters with one reading per second on one line, energies every 5 s, temperature every 60 s, signed values on demand.
 */
export async function capacity(tools: Tools): Promise<SectionReport> {
  const keys = ["energy_interval_ms: 5000", "temperature_interval_ms: 60000", "publish_signed_values: on_demand"];
  const figures: { what: string; value: number; unit: string }[] = [];
  for (const units of [53, 57, 60]) {
    const { rates, busy } = await run(tools, 1, units, keys);
    const kept = rates.filter((rate) => rate >= 0.99).length;
    figures.push(
      { what: `${units} meters, those with 0.99 readings a second`, value: kept, unit: "" },
      { what: `${units} meters, slowest, readings a second`, value: Math.min(...rates), unit: "" },
      { what: `${units} meters, median, readings a second`, value: quantile(rates, 0.5), unit: "" },
      { what: `${units} meters, share of the wire's time`, value: busy, unit: "" },
    );
  }
  return { title: "capacity", figures };
}

interface Run {
  /** Readings a second of each meter. */
  readonly rates: number[];
  readonly cpuPercent: number;
  /** Utilisation of the first line. */
  readonly busy: number;
  readonly residentMb: number;
}

async function run(
  tools: Tools,
  lineCount: number,
  units: number,
  meterKeys: readonly string[],
  pauseMs = 5000,
): Promise<Run> {
  await using parts = new AsyncDisposableStack();
  const lines: BenchMeter[] = [];
  for (let line = 0; line < lineCount; line++) {
    const wire = { units, keyBits: 384, baudrate: 115_200, turnaroundMs: 2 } as const;
    lines.push(parts.use(await BenchMeter.start(tools, wire)));
  }
  const service = parts.use(await BenchService.start({ lines, meterKeys }));
  await pause(pauseMs);
  service.takeArrivals();
  for (const line of lines) await line.totals();
  const before = service.cpuSeconds;
  await pause(seconds * 1000);
  const cpuPercent = (service.cpuSeconds - before) / seconds * 100;
  const arrivals = service.takeArrivals();
  const [first] = lines;
  const busy = first === undefined ? NaN : wireSeconds(first.line, await first.totals()) / seconds;
  const rates = lines.flatMap((_, line) =>
    Array.from(
      { length: units },
      (_, index) => paceOf(arrivals.get(meterName(line, index + 1)) ?? [], seconds, 1000).rate,
    )
  );
  return { rates, cpuPercent, busy, residentMb: service.residentMb };
}
