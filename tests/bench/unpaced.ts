import { BenchMeter } from "./bench_meter.ts";
import { runClient, type UnpacedResult } from "./client_run.ts";
import { median } from "./quantile.ts";
import type { Figure, SectionReport } from "./report.ts";
import { kernelOnCore } from "./kernel_on_core.ts";
import { benchFile, type Tools } from "./tools.ts";

const rounds = 7;
const seconds = "1";
/** The live values of one meter. */
const words = "52";

const bareName = "the least in C";
const nodeName = "modbus-serial under Node";
/** With the meter on the same core. */
const minRatios: Readonly<Record<string, number>> = { libmodbus: 0.6, [nodeName]: 2.5 };

/**
 * Requests per second without a wire, in comparison with libmodbus and modbus-serial under Node, alternating on one
 * pseudo-terminal.
 */
export async function unpaced(tools: Tools, say: (line: string) => void): Promise<SectionReport> {
  const folder = await tools.node(say);
  const figures: Figure[] = [];
  for (const [where, core] of [["meter on the same core", 0], ["meter on another core", 1]] as const) {
    // Bytes on a pseudo-terminal pass through kernel workers: these must not use a second core.
    using _kernel = core === 0 ? kernelOnCore(core, say) : undefined;
    await using meter = await BenchMeter.start(tools, { units: 1, keyBits: 384, baudrate: 0, turnaroundMs: 0, core });
    const deno = [Deno.execPath(), "run", "--allow-all", benchFile("line_client.ts")];
    const clients: { name: string; command: readonly string[]; cwd?: string; results: UnpacedResult[] }[] = [
      { name: "wattseal", command: [...deno, "unpaced", meter.path, seconds, words], results: [] },
    ];
    if (tools.libmodbus !== undefined) {
      const command = [tools.libmodbus, meter.path, "unpaced", seconds, words];
      clients.push({ name: "libmodbus", command, results: [] });
    }
    clients.push({ name: bareName, command: [tools.bare, meter.path, seconds, words], results: [] });
    if (folder !== undefined) {
      const command = ["node", benchFile("modbus_serial_client.mjs"), meter.path, seconds, words];
      clients.push({ name: nodeName, command, cwd: folder, results: [] });
    }
    for (let round = 0; round < rounds; round++) {
      for (const { command, cwd, results } of clients) {
        results.push(await runClient<UnpacedResult>(command, { core: 0, ...(cwd !== undefined && { cwd }) }));
      }
    }
    const [ours, ...others] = clients;
    for (const { name, results } of others) {
      const ratios = results.map((other, round) => rate(ours?.results[round]) / rate(other));
      const atLeast = core === 0 ? minRatios[name] : undefined;
      const what = `requests/s, times ${name}, ${where}`;
      figures.push({ what, value: median(ratios), unit: "", ...(atLeast !== undefined && { atLeast }) });
    }
    const node = clients.find(({ name }) => name === nodeName)?.results;
    const bare = clients.find(({ name }) => name === bareName)?.results;
    if (node !== undefined && bare !== undefined) {
      const ratios = bare.map((other, round) => rate(other) / rate(node[round]));
      figures.push({ what: `${bareName}, times ${nodeName}, ${where}`, value: median(ratios), unit: "" });
    }
    for (const { name, results } of clients) {
      const of = (pick: (result: UnpacedResult) => number) => median(results.map(pick));
      figures.push(
        { what: `${name}, ${where}`, value: of(rate), unit: "requests/s" },
        { what: `${name}, ${where}, median latency`, value: of(({ p50Us }) => p50Us), unit: "us" },
        { what: `${name}, ${where}, p99 latency`, value: of(({ p99Us }) => p99Us), unit: "us" },
        {
          what: `${name}, ${where}, CPU`,
          value: of(({ cpuSeconds, requests }) => cpuSeconds / requests * 1e6),
          unit: "us a request",
        },
      );
    }
  }
  return { title: "unpaced", figures };
}

function rate(result: UnpacedResult | undefined): number {
  return result === undefined ? NaN : (result.requests - result.failed) / result.seconds;
}
