import { BenchMeter, wireSeconds } from "./bench_meter.ts";
import { BenchService, meterName } from "./bench_service.ts";
import { pause } from "./pause.ts";
import { quantile } from "./quantile.ts";
import { paceOf } from "./rates.ts";
import type { SectionReport } from "./report.ts";
import type { Tools } from "./tools.ts";

const seconds = 15;

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

/** Meters at one reading a second on one line, energies each 5 s, temperature each 60 s, signed values on demand. */
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

async function run(tools: Tools, lineCount: number, units: number, meterKeys: readonly string[]) {
  await using parts = new AsyncDisposableStack();
  const lines: BenchMeter[] = [];
  for (let line = 0; line < lineCount; line++) {
    const wire = { units, keyBits: 384, baudrate: 115_200, turnaroundMs: 2 } as const;
    lines.push(parts.use(await BenchMeter.start(tools, wire)));
  }
  const service = parts.use(await BenchService.start({ lines, meterKeys }));
  await pause(5000);
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
