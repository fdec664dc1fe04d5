import { connect, type ConnectionOptions, type NatsConnection } from "nats";
import { join } from "node:path";
import { systemTime } from "../../src/base/time.ts";
import { SimulatedLine, type SimulatedLineOptions, SimulatedMeter } from "../../src/simulator/mod.ts";
import { type NatsServer, startNatsServer } from "./nats_server.ts";
import { patientClient } from "./patient_client.ts";

/** A site for one test: simulated meters on a pseudo-terminal, a NATS server, a configuration file, a client. */
export interface Site extends AsyncDisposable {
  readonly folder: string;
  readonly config: string;
  readonly line: SimulatedLine;
  /** `line`, and the second line if configured. */
  readonly lines: readonly SimulatedLine[];
  readonly server: NatsServer;
  readonly client: NatsConnection;
}

/** Options of a site. */
export interface SiteOptions {
  readonly meters: readonly SimulatedMeter[];
  /** Meters on a second line; each has its own name. @default none: there is one line */
  readonly secondLine?: readonly SimulatedMeter[] | undefined;
  readonly line?: SimulatedLineOptions;
  /** A gateway instead of the device of the line, from the folder of the site. @default none */
  readonly gateway?: (folder: string) => string;
  /**
   * How long the service waits for an answer of a meter; shorter for a test with a silent meter.
   *
   * @default 5 s, so that no meter is offline because the machine stalls
   */
  readonly initialTimeoutMs?: number;
  /** More keys of each meter, as YAML: `live_measurement_interval_ms: 500`. */
  readonly meterKeys?: string;
  /** More keys of the top level, one per line. */
  readonly topKeys?: string;
  /** A separate server, more keys of `nats`, and the user of the client. @default a server without users */
  readonly nats?: { readonly server: NatsServer; readonly keys: string; readonly client: ConnectionOptions };
}

/** Name of a simulated meter in the configuration. */
export function meterName(unit: number): string {
  return `evse-${unit}`;
}

/** Builds a site; the test starts the service with `config`. */
export async function openSite(
  { meters, secondLine, line: lineOptions, gateway, initialTimeoutMs = 5_000, meterKeys, topKeys = "", nats }:
    SiteOptions,
): Promise<Site> {
  await using parts = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "wattseal-site-" });
  parts.defer(() => Deno.remove(folder, { recursive: true }));
  const server = nats?.server ?? parts.use(await startNatsServer());
  const open = (on: readonly SimulatedMeter[], name: string) =>
    parts.use(SimulatedLine.open(on, { paced: false, linkPath: join(folder, name), ...lineOptions }));
  const line = open(meters, "meter");
  const lines = secondLine === undefined ? [line] : [line, open(secondLine, "meter2")];
  const config = join(folder, "site.yaml");
  const keys = meterKeys === undefined ? "" : `, ${meterKeys}`;
  await Deno.writeTextFile(
    config,
    `site: test
nats: { servers: ["${server.address}"]${nats === undefined ? "" : `, ${nats.keys}`} }
log: { format: json }
clock: { require_sync: false }
lines:
${lineText(1, gateway === undefined ? "serial_port: ./meter" : `gateway: ${gateway(folder)}`, initialTimeoutMs)}${
      meters.map(({ unit }) => meterText(meterName(unit), unit, keys)).join("")
    }${
      secondLine === undefined ? "" : lineText(2, "serial_port: ./meter2", initialTimeoutMs) +
        secondLine.map(({ name, unit }) => meterText(name, unit, keys)).join("")
    }${topKeys}`,
  );
  const client = await connect({
    servers: server.address,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
    ...nats?.client,
  });
  patientClient(client);
  parts.defer(() => client.close());
  const owned = parts.move();
  return { folder, config, line, lines, server, client, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function lineText(number: number, endpoint: string, initialTimeoutMs: number): string {
  return `  - name: rs485-${number}
    ${endpoint}
    baudrate: 115200
    initial_timeout_ms: ${initialTimeoutMs}
    meters:
`;
}

function meterText(name: string, unit: number, keys: string): string {
  return `      - { name: ${name}, powermeter_device_id: ${unit}${keys} }\n`;
}

/** Sends a request to a meter of the site and returns the JSON of the answer. */
export async function ask(client: NatsConnection, unit: number, what: string, body: unknown): Promise<Answer> {
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  const message = await client.request(`wattseal.test.${meterName(unit)}.${what}`, payload, { timeout: 30_000 });
  return message.json<Answer>();
}

/**
 * Retries while the meter is offline, like a client: on a busy machine, a simulated meter may answer too late, and is
 * then offline.
 */
export async function askUntilOk(client: NatsConnection, unit: number, what: string, body: unknown): Promise<Answer> {
  const answer = await askWhileOffline(client, unit, what, body);
  if (answer.status === "OK") return answer;
  throw new Error(`${what}: ${answer.error}`);
}

/** Retries while the meter is offline, and returns any other answer. */
export async function askWhileOffline(
  client: NatsConnection,
  unit: number,
  what: string,
  body: unknown,
): Promise<Answer> {
  while (true) {
    const answer = await ask(client, unit, what, body);
    if (answer.code !== "TIMEOUT" && answer.code !== "METER_OFFLINE") return answer;
    await systemTime.sleep(100);
  }
}

/** Resolves when each of these meters has published a reading. */
export async function everyMeterRead(client: NatsConnection, units: readonly number[]): Promise<void> {
  const missing = new Set(units.map(meterName));
  for await (const { subject } of client.subscribe("wattseal.test.*.reading")) {
    missing.delete(subject.split(".")[2] ?? "");
    if (missing.size === 0) return;
  }
}

/** The fields of answers that tests check. */
export interface Answer {
  readonly status?: string;
  readonly code?: string;
  readonly error?: string;
  readonly public_key?: string;
  readonly signed_meter_value?: { readonly signed_meter_data: string; readonly public_key: string };
}
