import { connect, type NatsConnection } from "nats";
import { join } from "node:path";
import { errorText, type Log } from "../base/log.ts";
import { systemTime } from "../base/time.ts";
import { aborted, LinkedAbort, repeatedly } from "../base/waits.ts";
import { listenForm, loadConfig, parseListen, parseWeb } from "../config/mod.ts";
import { Service } from "../service.ts";
import { Fleet, type FleetMeter, payloadOf } from "../fleet/mod.ts";
import { fleetTable } from "./fleet_table.ts";
import { screenSize } from "./full_screen.ts";
import { runTransaction } from "./demo_transaction.ts";
import { exitCode, type Io } from "./io.ts";
import { serviceLog } from "./log_sink.ts";
import { NatsProcess } from "./nats_process.ts";
import { OutputError } from "./process_output.ts";
import { findNatsServer } from "./nats_server.ts";
import { Screen } from "./screen.ts";
import { SimulatorProcess } from "./simulator_process.ts";

/** What the demo shows. */
export interface DemoArguments {
  /** Exit after the transaction. */
  readonly once: boolean;
  /** Number of simulated meters; they cycle through the kinds. */
  readonly meters: number;
  /** Address of the page for Prometheus. @default there is no page */
  readonly metrics?: string;
  /** Address of the page for the fleet. @default there is no page */
  readonly web?: string;
}

const site = "demo";
/** The pause between transactions for the page. */
const pauseMs = 60_000;

/** Runs all parts of the product with simulated meters. */
export async function demo(options: DemoArguments, io: Io): Promise<number> {
  const screen = new Screen(io);
  const problem = whyNotOn("--metrics", options.metrics) ?? whyNotOn("--web", options.web);
  if (problem !== undefined) {
    screen.print(`The demo failed: ${problem}`);
    return exitCode.failed;
  }
  const folder = await Deno.makeTempDir({ prefix: "wattseal-demo-" });
  const logFile = join(folder, "service.log");
  using end = new LinkedAbort(io.interrupted);
  // Otherwise the NATS server would stay after the window was closed
  io.onHangup(end.abort);
  let code: number;
  try {
    code = await runDemo({ ...options, folder, logFile, interrupted: end.signal }, screen, io);
  } catch (error) {
    if (error instanceof OutputError) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
    screen.print(`The demo failed: ${errorText(error)}`);
    code = exitCode.failed;
  }
  if (code === exitCode.failed) {
    screen.print(`The log of the service: ${logFile}`);
  } else {
    await Deno.remove(folder, { recursive: true });
  }
  return code;
}

interface RunOptions extends DemoArguments {
  readonly folder: string;
  readonly logFile: string;
  readonly interrupted: AbortSignal;
}

async function runDemo(
  { once, meters, metrics, web, folder, logFile, interrupted }: RunOptions,
  screen: Screen,
  io: Io,
): Promise<number> {
  await using parts = new AsyncDisposableStack();
  const binary = await findNatsServer({ env: io.env, report: (line) => screen.print(line) });
  const server = parts.use(await NatsProcess.start({ binary, storeDir: folder, isDetached: true }));
  screen.print(`NATS server      ${server.address} (private, stops with the demo)`);

  const simulator = parts.use(await SimulatorProcess.start({ meters, baudrate: 115200, isDetached: true }));
  screen.print(`Simulated line   ${simulator.path} at 115200 baud, ${meters} meters`);

  if (metrics !== undefined) screen.print(`Metrics          http://${metrics}/metrics`);

  const configFile = join(folder, "wattseal.yaml");
  await Deno.writeTextFile(configFile, demoConfig(server.address, simulator, metrics));
  const settings = loadConfig(await Deno.readTextFile(configFile), { path: configFile, env: io.env });
  const log = serviceLog(
    settings.log,
    parts.use(await Deno.open(logFile, { create: true, append: true, mode: 0o600 })),
    Date.now,
  );
  parts.defer(() => log.flush());
  // It takes a while, in which the first messages of the service would pass
  if (web !== undefined) screen.print(`Page             ${await servePage(web, server.address, log, parts)}`);
  const service = await Service.start(settings, { log });
  parts.defer(() => service.stop());
  const client = await connect({ servers: server.address, name: "wattseal demo" });
  parts.defer(() => client.close());

  const fleet = new Fleet();
  const redraw = (permanent = false) => {
    const { rows, columns } = screenSize(io);
    // The cursor is below the table
    const size = io.isTerminal ? { rows: Math.max(1, rows - 1), columns } : undefined;
    const table = fleetTable(fleet, systemTime.mono(), { size });
    screen.draw(table, permanent);
  };
  follow(client, fleet, redraw);
  await Promise.race([service.ready, aborted(interrupted)]);
  await Promise.race([untilAllOnline(client, fleet, meters), aborted(interrupted)]);
  if (interrupted.aborted) return exitCode.interrupted;
  redraw(true);

  const billing = simulator.meters[0];
  if (billing === undefined) throw new Error("there is no meter for a transaction");
  const subject = `wattseal.${site}.${billing.name}`;
  const passed = await runTransaction({ client, subject, screen, interrupted, time: systemTime });
  if (interrupted.aborted) return exitCode.interrupted;
  const silent = fleet.meters.filter((meter) => !isRead(meter)).map(({ meter }) => meter);
  redraw(true);
  if (silent.length > 0) screen.print(`FAILED: no readings from ${silent.join(", ")}`);
  const result = passed && silent.length === 0 ? exitCode.done : exitCode.failed;
  if (once) return result;

  if (web !== undefined) screen.print("The page shows one more transaction every minute.");
  screen.print("Press Ctrl-C to end the demo.");
  const more = { client, subject, screen: { print: () => {} }, interrupted, time: systemTime };
  if (web !== undefined) {
    void repeatedly(
      () => runTransaction(more).then(() => {}, (error) => log.warn(errorText(error))),
      () => pauseMs,
      { time: systemTime, signal: interrupted },
    );
  }
  await aborted(interrupted);
  return result === exitCode.done ? exitCode.interrupted : result;
}

/** Serves the page of the fleet until the demo ends. @returns its address */
async function servePage(web: string, server: string, log: Log, parts: AsyncDisposableStack): Promise<string> {
  // The page brings much code that the demo does not need without it
  const { startPage } = await import("./page_service.ts");
  const settings = parseWeb(undefined, { listen: web }, Deno.cwd());
  const nats = await connect({ servers: server, name: "wattseal demo, page" });
  parts.defer(() => nats.close());
  const bus = { prefix: "wattseal", jetstream: {} };
  const page = await startPage({ nats, bus, web: settings, users: undefined, log });
  parts.defer(() => page.stop());
  return `http://${web}/`;
}

/** Updates the fleet from NATS messages only, as a viewer of a fleet sees the meters. */
function follow(client: NatsConnection, fleet: Fleet, redraw: () => void): void {
  client.subscribe(`wattseal.${site}.>`, {
    callback: (_error, message) => {
      const tokens = message.subject.split(".").slice(1);
      if (fleet.apply(tokens, payloadOf(message.data), systemTime.mono()) !== undefined) redraw();
    },
  });
}

/** Resolves when every meter is online and has published a reading. */
async function untilAllOnline(client: NatsConnection, fleet: Fleet, meters: number): Promise<void> {
  for await (const _message of client.subscribe(`wattseal.${site}.>`)) {
    if (fleet.meters.filter(isRead).length === meters) break;
  }
}

function isRead({ status, reading }: FleetMeter): boolean {
  return status?.state === "online" && reading !== undefined;
}

/** Why a page cannot be provided on the address of an option; the service itself would log that and continue. */
function whyNotOn(option: string, address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const listen = parseListen(address);
  if (listen === undefined) return `${option} ${address}: the address has to be ${listenForm}`;
  try {
    Deno.listen({ hostname: listen.host, port: listen.port }).close();
    return undefined;
  } catch (error) {
    return `cannot use ${address} (${errorText(error)}): choose another address with ${option} HOST:PORT`;
  }
}

function demoConfig(server: string, simulator: SimulatorProcess, metrics: string | undefined): string {
  return [
    `site: ${site}`,
    "state_dir: ./state",
    "nats:",
    `  servers: ["${server}"]`,
    "lines:",
    "  - name: rs485-1",
    `    serial_port: ${simulator.path}`,
    "    baudrate: 115200",
    // A slow or emulated processor simulates a signature, too
    "    initial_timeout_ms: 5000",
    "    within_message_timeout_ms: 1000",
    "    meters:",
    ...simulator.meters.map(({ name, unit }) => `      - { name: ${name}, powermeter_device_id: ${unit} }`),
    "clock: { require_sync: false } # simulated meters accept any time",
    ...(metrics === undefined ? [] : [`metrics: { listen: "${metrics}" }`]),
    "",
  ].join("\n");
}
