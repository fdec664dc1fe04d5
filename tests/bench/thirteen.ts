import { BenchMeter, wireSeconds } from "./bench_meter.ts";
import { BenchService, meterName } from "./bench_service.ts";
import { tariffText, transactionId, transactionUnit } from "./bench_transactions.ts";
import { pause, settledMs } from "./pause.ts";
import { median, quantile } from "./quantile.ts";
import { type Pace, paceOf } from "./rates.ts";
import type { Figure, SectionReport } from "./report.ts";
import type { Tools } from "./tools.ts";

const units = 13;
const seconds = 30;
const transactionsOnLine = 200;
const line = { units, keyBits: 384, baudrate: 115_200, turnaroundMs: 2, transactions: transactionsOnLine } as const;

interface Latencies {
  readonly start: number[];
  readonly stop: number[];
}

/**
 * Thirteen meters with one reading per second on one line, with starts and stops, on an idle line and on an overloaded
 * line.
 */
export async function thirteen(tools: Tools): Promise<SectionReport> {
  const figures: Figure[] = [];
  const loaded = await load(tools, figures);
  const idle = await on(tools, ["live_measurement_interval_ms: 60000", "device_state_read_interval_ms: 60000"]);
  const full = await on(tools, ["live_measurement_interval_ms: 500"]);
  const longest = 1000 * wireSeconds(line, { exchanges: 1, bytes: 8 + 5 + 2 * 109 });
  for (const [where, { start, stop }] of [["under load", loaded], ["on a full line", full]] as const) {
    figures.push(
      {
        what: `p99 of a start ${where}, without one exchange, times the median start on an idle line`,
        value: (quantile(start, 0.99) - longest) / median(idle.start),
        unit: "",
        atMost: 1.3,
      },
      {
        what: `p99 of a stop ${where}, times the p99 of a stop on an idle line`,
        value: quantile(stop, 0.99) / quantile(idle.stop, 0.99),
        unit: "",
      },
    );
  }
  for (
    const [where, latencies] of [["idle line", idle], ["under load", loaded], ["full line", full]] as const
  ) {
    for (const what of ["start", "stop"] as const) {
      for (const share of [0.5, 0.99]) {
        const name = `p${share * 100} of a ${what}, ${where}`;
        figures.push({ what: name, value: quantile(latencies[what], share), unit: "ms" });
      }
    }
  }
  return { title: "thirteen", figures };
}

async function load(tools: Tools, figures: Figure[]): Promise<Latencies> {
  await using meter = await BenchMeter.start(tools, line);
  await using service = await BenchService.start({ lines: [meter] });
  await pause(settledMs);
  const first = pacesOf(service, settledMs / 1000);
  await meter.totals();
  const cpu = service.cpuSeconds;
  await pause(seconds * 1000);
  const used = service.cpuSeconds - cpu;
  const paces = pacesOf(service, seconds);
  const totals = await meter.totals();
  const busy = wireSeconds(line, totals) / seconds;
  const rates = paces.map(({ rate }) => rate);
  figures.push(
    { what: "slowest meter, readings a second", value: Math.min(...rates), unit: "", atLeast: 0.99 },
    { what: "share of the wire's time", value: busy, unit: "" },
    { what: "median jitter", value: median(paces.map(({ jitterP50Ms }) => jitterP50Ms)), unit: "ms" },
    { what: "largest p99 of jitter", value: largestJitter(paces), unit: "ms" },
    { what: "largest p99 of jitter in the first minute", value: largestJitter(first), unit: "ms" },
    { what: "from values to subscriber", value: median(paces.map(({ delayP50Ms }) => delayP50Ms)), unit: "ms" },
    { what: "CPU with publishing", value: used / seconds * 100, unit: "% of a core" },
  );
  return await transactions(service);
}

/** The paces of the meters since the last call. */
function pacesOf(service: BenchService, seconds: number): Pace[] {
  const arrivals = service.takeArrivals();
  return Array.from(
    { length: units },
    (_, index) => paceOf(arrivals.get(meterName(0, index + 1)) ?? [], seconds, 1000),
  );
}

function largestJitter(paces: readonly Pace[]): number {
  return Math.max(...paces.map(({ jitterP99Ms }) => jitterP99Ms));
}

async function on(tools: Tools, meterKeys: readonly string[]): Promise<Latencies> {
  await using meter = await BenchMeter.start(tools, line);
  await using service = await BenchService.start({ lines: [meter], meterKeys });
  await pause(settledMs);
  return await transactions(service);
}

async function transactions(service: BenchService): Promise<Latencies> {
  const latencies: Latencies = { start: [], stop: [] };
  for (let transaction = 0; transaction < transactionsOnLine; transaction++) {
    const name = meterName(0, transactionUnit(transaction, units));
    const id = transactionId(transaction);
    const start = await service.ask(name, "transaction.start", {
      evse_id: "DE*BEN*E1",
      transaction_id: id,
      identification_status: "ASSIGNED",
      identification_type: "ISO14443",
      identification_flags: ["RFID_PLAIN"],
      identification_data: "04A1B2C3D4",
      tariff_text: tariffText,
    });
    const stop = await service.ask(name, "transaction.stop", { transaction_id: id });
    if (start.status !== "OK" || stop.status !== "OK") throw new Error(`${name}: ${start.status}, ${stop.status}`);
    latencies.start.push(start.ms);
    latencies.stop.push(stop.ms);
  }
  return latencies;
}
