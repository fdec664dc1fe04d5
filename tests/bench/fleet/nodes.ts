import { BenchMeter } from "../bench_meter.ts";
import { BenchService } from "../bench_service.ts";
import { pause } from "../pause.ts";
import type { Figure, SectionReport } from "../report.ts";
import type { Tools } from "../tools.ts";

const sizes = [1, 13, 52, 130] as const;
const metersOnLine = 13;
const warmMs = 20_000;
const seconds = 10;

/** Memory and processor time of a node by its number of meters, with one signed reading per second of each. */
export async function nodes(tools: Tools, say: (line: string) => void): Promise<SectionReport> {
  const figures: Figure[] = [];
  for (const meters of sizes) {
    say(`  a node with ${meters} meters`);
    await using owned = new AsyncDisposableStack();
    const lines: BenchMeter[] = [];
    for (let left: number = meters; left > 0; left -= metersOnLine) {
      const units = Math.min(left, metersOnLine);
      const line = { units, keyBits: 384, baudrate: 115_200, turnaroundMs: 2 } as const;
      lines.push(owned.use(await BenchMeter.start(tools, line)));
    }
    const service = owned.use(await BenchService.start({ lines }));
    await pause(warmMs);
    service.takeArrivals();
    const before = service.cpuSeconds;
    await pause(seconds * 1000);
    const used = service.cpuSeconds - before;
    const readings = service.takeArrivals().values().reduce((sum, arrivals) => sum + arrivals.length, 0);
    figures.push(
      { what: `${meters} meters, readings a second`, value: readings / seconds, unit: "" },
      { what: `${meters} meters, CPU`, value: used / seconds, unit: "cores" },
      { what: `${meters} meters, memory`, value: service.residentMb, unit: "MB" },
    );
  }
  return { title: "node", figures };
}
