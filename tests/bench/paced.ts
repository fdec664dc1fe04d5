import { BenchMeter, wireSeconds } from "./bench_meter.ts";
import { runClient } from "./client_run.ts";
import { median } from "./quantile.ts";
import type { Figure, SectionReport } from "./report.ts";
import { benchFile, type Tools } from "./tools.ts";

interface CyclesResult {
  readonly cycles: number;
  readonly exchanges: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const rounds = 3;
const turnaroundMs = 5;
const minShare: Readonly<Record<number, number>> = { 9600: 0.98, 115_200: 0.98 };

/** Complete readings of one meter, back to back at the speed of a wire, in comparison with the limit of the wire. */
export async function paced(tools: Tools): Promise<SectionReport> {
  const figures: Figure[] = [];
  for (const baudrate of [9600, 19_200, 57_600, 115_200]) {
    await using meter = await BenchMeter.start(tools, { units: 1, keyBits: 384, baudrate, turnaroundMs });
    const runs: { share: number; rate: number; cpuMs: number; silenceMs: number; meanSilenceMs: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const seconds = baudrate < 20_000 ? "6" : "3";
      const args = ["run", "--allow-all", benchFile("line_client.ts"), "cycles", meter.path, seconds, `${baudrate}`];
      await meter.totals();
      const result = await runClient<CyclesResult>([Deno.execPath(), ...args]);
      const { shortestSilenceMs: silenceMs, meanSilenceMs } = await meter.totals();
      runs.push({ ...rateOf(meter, result), silenceMs, meanSilenceMs });
    }
    const of = (pick: (run: typeof runs[number]) => number) => median(runs.map(pick));
    const gate = minShare[baudrate];
    figures.push(
      {
        what: `share of the wire limit at ${baudrate} baud`,
        value: of(({ share }) => share),
        unit: "",
        ...(gate !== undefined && { atLeast: gate }),
      },
      { what: `complete readings at ${baudrate} baud`, value: of(({ rate }) => rate), unit: "a second" },
      { what: `CPU of a complete reading at ${baudrate} baud`, value: of(({ cpuMs }) => cpuMs), unit: "ms" },
      {
        what: `shortest silence at ${baudrate} baud`,
        value: Math.min(...runs.map((run) => run.silenceMs)),
        unit: "ms",
      },
      { what: `mean silence at ${baudrate} baud`, value: of(({ meanSilenceMs }) => meanSilenceMs), unit: "ms" },
    );
  }
  return { title: "paced", figures };
}

/** Words of live values, temperature and signed map, and of the energies as one read and as two. */
function rateOf(meter: BenchMeter, { cycles, exchanges, seconds, cpuSeconds }: CyclesResult) {
  const split = exchanges > 4.5 * cycles;
  const words = [52, 1, 109, ...(split ? [4, 4] : [32])];
  const bytes = words.reduce((sum, count) => sum + 8 + 5 + 2 * count, 0);
  const limit = wireSeconds(meter.line, { exchanges: words.length, bytes });
  return { share: limit * cycles / seconds, rate: cycles / seconds, cpuMs: cpuSeconds / cycles * 1000 };
}
