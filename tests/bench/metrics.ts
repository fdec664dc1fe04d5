import { setImmediate } from "node:timers/promises";
import { Page } from "../../src/metrics/page.ts";
import { figuresOf, lineReport, meterFigures } from "../metrics/figures.ts";
import { freeAddress } from "../support/own_address.ts";
import { BenchMeter } from "./bench_meter.ts";
import { BenchService, meterName } from "./bench_service.ts";
import { pause } from "./pause.ts";
import { median, quantile } from "./quantile.ts";
import { paceOf } from "./rates.ts";
import type { Figure, SectionReport } from "./report.ts";
import type { Tools } from "./tools.ts";

const units = 13;
const seconds = 15;
const rounds = 3;
const line = { units, keyBits: 384, baudrate: 115_200, turnaroundMs: 2 } as const;

/** Requests for the page that begin at the same time, every second. */
const loads = [0, 1, 10] as const;

interface Cost {
  /** Percent of a core. */
  readonly cpu: number;
  readonly jitterP50Ms: number;
  readonly jitterP99Ms: number;
  readonly slowestRate: number;
}

/**
 * Measures what the page for Prometheus costs: two services read thirteen meters each at the same time, and only one of
 * them has a page, which nobody, one client or ten clients at once read every second.
 */
export async function metrics(tools: Tools): Promise<SectionReport> {
  const address = freeAddress();
  await using ours = await BenchMeter.start(tools, line);
  await using theirs = await BenchMeter.start(tools, line);
  await using withPage = await BenchService.start({
    lines: [ours],
    topKeys: [`metrics: { listen: "${address}" }`],
  });
  await using without = await BenchService.start({ lines: [theirs] });
  // Compilation in the first half minute is not a cost of a long-running service
  await scrape(address, 1, 30);
  const costs = new Map<number, { readonly page: Cost; readonly none: Cost; readonly ms: readonly number[] }[]>();
  for (let round = 0; round < rounds; round++) {
    for (const load of loads) {
      const [page, none, ms] = await Promise.all([costOf(withPage), costOf(without), scrape(address, load, seconds)]);
      costs.set(load, [...costs.get(load) ?? [], { page, none, ms }]);
    }
  }
  const figures: Figure[] = [];
  for (const [load, results] of costs) {
    const clients = load === 0 ? "nobody reads the page" : `${load} at once, every second`;
    const of = (pick: (cost: Cost) => number) => median(results.map(({ page }) => pick(page)));
    const more = (pick: (cost: Cost) => number) => median(results.map(({ page, none }) => pick(page) - pick(none)));
    figures.push(
      {
        what: `slowest meter, readings a second, ${clients}`,
        value: of((cost) => cost.slowestRate),
        unit: "",
        atLeast: 0.99,
      },
      { what: `CPU, ${clients}`, value: of((cost) => cost.cpu), unit: "% of a core" },
      { what: `CPU more than without a page, ${clients}`, value: more((cost) => cost.cpu), unit: "% of a core" },
      { what: `median jitter, ${clients}`, value: of((cost) => cost.jitterP50Ms), unit: "ms" },
      {
        what: `median jitter more than without a page, ${clients}`,
        value: more((cost) => cost.jitterP50Ms),
        unit: "ms",
      },
      { what: `largest p99 of jitter, ${clients}`, value: of((cost) => cost.jitterP99Ms), unit: "ms" },
      {
        what: `largest p99 of jitter more than without a page, ${clients}`,
        value: more((cost) => cost.jitterP99Ms),
        unit: "ms",
      },
    );
    const ms = results.flatMap((result) => result.ms);
    if (ms.length === 0) continue;
    figures.push(
      { what: `median time of a page, ${clients}`, value: median(ms), unit: "ms" },
      { what: `p99 of the time of a page, ${clients}`, value: quantile(ms, 0.99), unit: "ms" },
    );
  }
  const size = (await (await fetch(`http://${address}/metrics`)).arrayBuffer()).byteLength;
  return {
    title: "metrics",
    figures: [
      ...figures,
      ...await blockedBy([units, 128]),
      { what: "size of the page", value: size / 1000, unit: "kB" },
      { what: "memory with a page", value: withPage.residentMb, unit: "MB" },
      { what: "memory more than without a page", value: withPage.residentMb - without.residentMb, unit: "MB" },
    ],
  };
}

/** How long the lines wait at most while the main thread makes a page. */
async function blockedBy(counts: readonly number[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const count of counts) {
    const names = Array.from({ length: count }, (_, index) => `evse-${index + 1}`);
    const values = figuresOf({
      lines: [lineReport("rs485-1", names)],
      meters: names.map((name) => meterFigures(name, "rs485-1")),
    });
    const page = new Page();
    const longest: number[] = [];
    for (let time = 0; time < 200; time++) longest.push(await longestTurn(page.text(values)));
    figures.push({
      what: `longest block of the main thread by a page, ${count} meters`,
      value: median(longest),
      unit: "ms",
    });
  }
  return figures;
}

/** The longest turn of the event loop until some work has ended, in milliseconds. */
async function longestTurn(work: Promise<unknown>): Promise<number> {
  let isDone = false;
  void work.then(() => isDone = true);
  let longestMs = 0;
  while (!isDone) {
    const beganMs = performance.now();
    await setImmediate();
    longestMs = Math.max(longestMs, performance.now() - beganMs);
  }
  return longestMs;
}

async function costOf(service: BenchService): Promise<Cost> {
  service.takeArrivals();
  const cpu = service.cpuSeconds;
  await pause(seconds * 1000);
  const used = service.cpuSeconds - cpu;
  const arrivals = service.takeArrivals();
  const paces = Array.from(
    { length: units },
    (_, index) => paceOf(arrivals.get(meterName(0, index + 1)) ?? [], seconds, 1000),
  );
  return {
    cpu: used / seconds * 100,
    jitterP50Ms: median(paces.map(({ jitterP50Ms }) => jitterP50Ms)),
    jitterP99Ms: Math.max(...paces.map(({ jitterP99Ms }) => jitterP99Ms)),
    slowestRate: Math.min(...paces.map(({ rate }) => rate)),
  };
}

/** Reads the page every second. @returns the time of each request in milliseconds */
async function scrape(address: string, atOnce: number, times: number): Promise<number[]> {
  const durations: number[] = [];
  for (let second = 0; second < times; second++) {
    const next = pause(1000);
    durations.push(...await Promise.all(Array.from({ length: atOnce }, () => read(address))));
    await next;
  }
  return durations;
}

async function read(address: string): Promise<number> {
  const beganMs = performance.now();
  const response = await fetch(`http://${address}/metrics`);
  await response.text();
  if (!response.ok) throw new Error(`The page answers ${response.status}`);
  return performance.now() - beganMs;
}
