import { BenchMeter } from "./bench_meter.ts";
import { BenchService, meterName } from "./bench_service.ts";
import { pause, settledMs } from "./pause.ts";
import { paceOf } from "./rates.ts";
import type { SectionReport } from "./report.ts";
import type { Tools } from "./tools.ts";

const units = 13;
const deadUnit = 7;
const seconds = 40;

/** Twelve meters with one reading per second, and one that never answers. */
export async function dead(tools: Tools): Promise<SectionReport> {
  const line = { units, keyBits: 384, baudrate: 115_200, turnaroundMs: 2, silent: [deadUnit] } as const;
  await using meter = await BenchMeter.start(tools, line);
  await using service = await BenchService.start({ lines: [meter] });
  await pause(settledMs);
  service.takeArrivals();
  await pause(seconds * 1000);
  const arrivals = service.takeArrivals();
  const rates = Array.from({ length: units }, (_, index) => index + 1).filter((unit) => unit !== deadUnit)
    .map((unit) => paceOf(arrivals.get(meterName(0, unit)) ?? [], seconds, 1000).rate);
  return {
    title: "dead",
    figures: [{
      what: "slowest of the twelve others, readings a second",
      value: Math.min(...rates),
      unit: "",
      atLeast: 0.97,
    }],
  };
}
