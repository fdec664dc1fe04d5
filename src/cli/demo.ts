import { connect, type NatsConnection } from "nats";
import { join } from "node:path";
import { errorText } from "../base/log.ts";
import { systemTime } from "../base/time.ts";
import { loadConfig } from "../config/mod.ts";
import { powermeterSchema, statusSchema } from "../contract/mod.ts";
import { Service } from "../service.ts";
import { type DemoRow, demoTable } from "./demo_table.ts";
import { runTransaction } from "./demo_transaction.ts";
import { interruption } from "./interruption.ts";
import { exitCode, type Io } from "./io.ts";
import { serviceLog } from "./log_sink.ts";
import { NatsProcess } from "./nats_process.ts";
import { findNatsServer } from "./nats_server.ts";
import { Screen } from "./screen.ts";
import { SimulatorProcess } from "./simulator_process.ts";

/** What the demo is to show. */
export interface DemoArguments {
  /** End after the transaction. */
  readonly once: boolean;
  /** Number of simulated meters, the kinds taking turns. */
  readonly meters: number;
}

const site = "demo";

/** The whole chain on real parts, without hardware. */
export async function demo({ once, meters }: DemoArguments, io: Io): Promise<number> {
  const screen = new Screen(io);
  const folder = await Deno.makeTempDir({ prefix: "wattseal-demo-" });
  const logFile = join(folder, "service.log");
  let code: number;
  try {
    code = await show({ once, meters, folder, logFile }, screen, io);
  } catch (error) {
    screen.say(`The demo failed: ${errorText(error)}`);
    code = exitCode.failed;
  }
  if (code === exitCode.failed) {
    screen.say(`The service's log is kept: ${logFile}`);
  } else {
    await Deno.remove(folder, { recursive: true });
  }
  return code;
}

async function show(
  { once, meters, folder, logFile }: DemoArguments & { readonly folder: string; readonly logFile: string },
  screen: Screen,
  io: Io,
): Promise<number> {
  await using parts = new AsyncDisposableStack();
  const binary = await findNatsServer({ env: io.env, say: (line) => screen.say(line) });
  const server = parts.use(await NatsProcess.start({ binary, storeDir: folder }));
  screen.say(`NATS server      ${server.address} (private, ends with the demo)`);

  const simulator = parts.use(await SimulatorProcess.start({ meters, baudrate: 115200 }));
  screen.say(`Simulated line   ${simulator.path} at 115200 baud, ${meters} meters`);

  const configFile = join(folder, "wattseal.yaml");
  await Deno.writeTextFile(configFile, demoConfig(server.address, simulator));
  const settings = loadConfig(await Deno.readTextFile(configFile), { path: configFile, env: io.env });
  const log = serviceLog(
    settings.log,
    parts.use(await Deno.open(logFile, { create: true, append: true, mode: 0o600 })),
    Date.now,
  );
  parts.defer(() => log.flush());
  const service = await Service.start(settings, { log });
  parts.defer(() => service.stop());
  const client = await connect({ servers: server.address, name: "wattseal demo" });
  parts.defer(() => client.close());

  const rows = simulator.meters.map(({ name, model }): DemoRow => ({
    meter: name,
    model,
    count: 0,
    state: "connecting",
    transaction: "",
  }));
  const redraw = (lasting = false) => screen.draw(demoTable(rows), lasting);
  follow(client, rows, redraw);
  await Promise.race([service.ready, interruption(io.interrupted)]);
  await Promise.race([everyRow(client, rows), interruption(io.interrupted)]);
  if (io.interrupted.aborted) return exitCode.interrupted;
  redraw(true);

  const billing = rows[0];
  if (billing === undefined) throw new Error("there is no meter to bill with");
  const subject = `wattseal.${site}.${billing.meter}`;
  const right = await runTransaction({ client, subject, screen, interrupted: io.interrupted, time: systemTime });
  if (io.interrupted.aborted) return exitCode.interrupted;
  const silent = rows.filter((row) => row.state !== "online" || row.count === 0).map((row) => row.meter);
  redraw(true);
  if (silent.length > 0) screen.say(`WRONG: no readings from ${silent.join(", ")}`);
  const result = right && silent.length === 0 ? exitCode.done : exitCode.failed;
  if (once) return result;

  screen.say("Ctrl-C ends the demo.");
  await interruption(io.interrupted);
  return result === exitCode.done ? exitCode.interrupted : result;
}

/** Keeps the rows as the fleet sees the meters: from NATS alone. */
function follow(client: NatsConnection, rows: readonly DemoRow[], redraw: () => void): void {
  const row = (subject: string) => rows.find(({ meter }) => meter === subject.split(".").at(2));
  client.subscribe(`wattseal.${site}.*.reading`, {
    callback: (_error, message) => {
      const shown = row(message.subject);
      if (shown === undefined) return;
      shown.reading = powermeterSchema.parse(message.json());
      shown.count++;
      redraw();
    },
  });
  client.subscribe(`wattseal.${site}.*.status`, {
    callback: (_error, message) => {
      const shown = row(message.subject);
      if (shown === undefined) return;
      const status = statusSchema.parse(message.json());
      shown.state = status.state;
      const { state, transaction_id: id } = status.transaction;
      shown.transaction = state === "idle" ? "" : [state, id?.slice(0, 8)].join(" ");
      redraw();
    },
  });
}

/** Resolves when every meter is online and has given a reading. */
async function everyRow(client: NatsConnection, rows: readonly DemoRow[]): Promise<void> {
  const there = () => rows.every(({ count, state }) => count > 0 && state === "online");
  const news = client.subscribe(`wattseal.${site}.>`);
  for await (const _message of news) {
    if (there()) break;
  }
}

function demoConfig(server: string, simulator: SimulatorProcess): string {
  return [
    `site: ${site}`,
    "state_dir: ./state",
    "nats:",
    `  servers: ["${server}"]`,
    "lines:",
    "  - name: rs485-1",
    `    serial_port: ${simulator.path}`,
    "    baudrate: 115200",
    "    meters:",
    ...simulator.meters.map(({ name, unit }) => `      - { name: ${name}, powermeter_device_id: ${unit} }`),
    "clock: { require_sync: false } # simulated meters may be given any time",
    "",
  ].join("\n");
}
