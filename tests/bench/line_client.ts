/**
 * A line in a separate process, measured from outside. Prints one JSON object.
 *
 *     line_client.ts unpaced PATH SECONDS WORDS       reads registers at maximum speed, without silence between frames
 *     line_client.ts cycles PATH SECONDS BAUDRATE     complete readings of unit 1, back to back
 */
import process from "node:process";
import { type Bus, Line, type LineOptions } from "../../src/line/mod.ts";
import { SerialPoll } from "../../bridge/mod.ts";
import { LineLoop } from "../../src/line/line_loop.ts";
import { lateAnswersOf, openSession } from "../../src/line/line_session.ts";
import { transfer } from "../../src/line/line_transfer.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { Meter } from "../../src/meter/mod.ts";
import { defaultMeterSettings } from "../support/meter_settings.ts";
import { quantile } from "./quantile.ts";

const [what, path = "", seconds = "1", more = "1"] = Deno.args;
const answer = what === "unpaced"
  ? await unpaced(path, Number(seconds), Number(more))
  : await cycles(path, Number(seconds), Number(more));
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(answer)}\n`));
Deno.exit(0);

function options(path: string, baudrate: number): LineOptions {
  return {
    name: "bench",
    endpoint: { kind: "serial", path },
    baudrate,
    parity: "none",
    stopBits: 1,
    rtscts: false,
    ignoreEcho: false,
    initialTimeoutMs: 500,
    withinMessageTimeoutMs: 100,
    retries: 0,
  };
}

/** Without this, only the silence of 1.75 ms between frames would be measured. */
async function unpaced(path: string, seconds: number, words: number): Promise<unknown> {
  const settings = options(path, 115_200);
  const loop = new LineLoop(settings, systemTime);
  const deps = { time: systemTime, late: lateAnswersOf(settings), poll: new SerialPoll(), tap: undefined };
  const session = { ...await openSession(settings, deps), silenceMs: 0 };
  const ended = loop.run(session);
  const request = { unit: 1, function: 4, address: 0, words, repeatable: true } as const;
  const read = () => transfer(loop, request, { priority: "live" }, settings, systemTime);
  for (let warm = 0; warm < 20_000; warm++) await read();
  const samples: number[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let at = start; at < start + seconds * 1000;) {
    await read();
    const now = performance.now();
    samples.push((now - at) * 1000);
    at = now;
  }
  const passed = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  loop.stop();
  await ended;
  return {
    requests: samples.length,
    failed: 0,
    seconds: passed,
    p50Us: quantile(samples, 0.5),
    p99Us: quantile(samples, 0.99),
    cpuSeconds: (used.user + used.system) / 1e6,
  };
}

async function cycles(path: string, seconds: number, baudrate: number): Promise<unknown> {
  const line = new Line(options(path, baudrate));
  await line.start();
  const meter = onlineMeter(line);
  await meter.triedOnce;
  // The first readings measure the turnaround of the meter, which determines the plan.
  for (let warm = 0; warm < 2; warm++) await meter.readNow();
  const before = line.stats().exchanges;
  const cpu = process.cpuUsage();
  const start = performance.now();
  let count = 0;
  for (; performance.now() < start + seconds * 1000; count++) await meter.readNow();
  const passed = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  const exchanges = line.stats().exchanges - before;
  await meter.stop();
  await line.close();
  return { cycles: count, exchanges, seconds: passed, cpuSeconds: (used.user + used.system) / 1e6 };
}

/** A meter without its own polling. */
function onlineMeter(line: Bus): Meter {
  const meter = new Meter(
    {
      ...defaultMeterSettings(),
      lineName: "bench",
      communicationRetryCount: 1,
      communicationRetryDelayMs: 10,
      communicationErrorPauseDelayS: 600,
      initialConnectionRetryCount: 1,
      initialConnectionRetryDelayMs: 100,
      liveMeasurementIntervalMs: 60_000,
      deviceStateReadIntervalMs: 60_000,
      monitorTransactionState: false,
      energyIntervalMs: 60_000,
      temperatureIntervalMs: 60_000,
      signedValueIntervalMs: 60_000,
      gridOffset: (performance.now() % 60_000) / 60_000,
    },
    line,
    { time: systemTime, log: silentLog },
  );
  meter.start();
  return meter;
}
