import { Document, isScalar } from "yaml";
import { withDefaults } from "./common_values.ts";
import { escapeVariables } from "./environment.ts";
import { type EverestModule, ImportError, readEverest } from "./everest_file.ts";
import { lineSchema } from "./line_schema.ts";
import { meterParameters } from "./meter_schema.ts";
import { isUsbPort, shortestUsbSilenceMs } from "./usb_port.ts";

/** What became of an EVerest configuration. */
export interface ImportedConfig {
  /** Our configuration file, YAML. It may still hold values that are not allowed here: load it to know. */
  readonly text: string;
  /** What was left out, made up or is done otherwise here, a sentence each. */
  readonly notes: readonly string[];
  /** The EVerest module behind each line and meter of the text, by its key: `lines[0]`, `lines[0].meters[1]`. Of `defaults` all meters. */
  readonly modules: ReadonlyMap<string, string>;
}

type Entry = readonly [id: string, module: EverestModule];
type Values = Record<string, unknown>;

const meterModule = "CarloGavazzi_EM580";
const lineModule = "SerialCommHub";
const genericMeter = "GenericPowermeter";
/** Such a module has a map of registers of its own, which cannot be carried over, and need not be. */
const readByUs =
  "; a meter of one of the series in docs/meters.md is read here without a map: add it to this line's meters";
/** The defaults of EVerest that differ from ours. */
const hubDefaults: Values = { serial_port: "/dev/ttyUSB0", retries: 2 };
/** Twice what an adapter holds back: one late delivery does not cut an answer. */
const raisedSilenceMs = 2 * shortestUsbSilenceMs;
const meterKeys: ReadonlySet<string> = new Set(["powermeter_device_id", ...Object.keys(meterParameters.shape)]);
const lineKeys: ReadonlySet<string> = new Set(
  Object.keys(lineSchema.shape).filter((key) => !["name", "gateway", "stop_bits", "meters"].includes(key)),
);

/**
 * Turns an EVerest configuration into ours: each `SerialCommHub` with its `CarloGavazzi_EM580` modules becomes a line
 * with its meters. What the file says is carried over, what it does not say has EVerest's default
 * where ours is another one. What all meters have in common goes into `defaults`.
 *
 * @param text YAML with `active_modules`
 * @param path the file's, for messages
 * @throws {ImportError} the text is no EVerest configuration, or has none of our meters; a line for each mistake
 */
export function importEverest(text: string, path: string): ImportedConfig {
  const { modules: read, warnings } = readEverest(text, path, [lineModule, meterModule]);
  const modules = Object.entries(read);
  const notes: string[] = [...warnings];
  const groups = modules.filter(([, { module }]) => module === lineModule).map((line) => ({
    line,
    meters: modules.filter(([, other]) => other.module === meterModule && lineOf(other) === line[0]),
  })).filter(({ meters }) => meters.length > 0);
  const used = groups.flatMap(({ line, meters }) => [line, ...meters].map(([id]) => id));
  const names = namesOf(used, notes);
  const lines = groups.map(({ line: [id, hub], meters }) => ({
    name: names.get(id),
    ...carriedOver(id, withHubDefaults(id, settingsOf(hub), notes), lineKeys, notes),
    meters: meters.map(([meter, values]) => ({
      name: names.get(meter),
      ...carriedOver(meter, settingsOf(values), meterKeys, notes),
    })),
  }));
  if (groups.length === 0) {
    const none = `found no ${meterModule} that is connected to a ${lineModule}: nothing here can be read by us`;
    throw new ImportError([none, ...leftOut(modules)].map((sentence) => `${path}: ${sentence}`));
  }
  const rest = modules.filter(([id]) => !used.includes(id));
  const masters = otherMasters(rest, modules, new Set(groups.map(({ line: [, hub] }) => portOf(hub))));
  const asking = new Set(masters.map(({ id }) => id));
  notes.push(...masters.map(({ note }) => note));
  notes.push(...leftOut(rest.filter(([id]) => !asking.has(id))), ...otherwise);
  const file = new Document({ site: "everest", nats: { servers: ["127.0.0.1:4222"] }, ...withDefaults(lines) });
  lines.forEach((_, index) => raiseSilence(file, index, notes));
  const meters = groups.flatMap((group) => group.meters.map(([id]) => id)).join(", ");
  return { text: file.toString(), notes, modules: new Map([...groups.flatMap(modulesOf), ["defaults", meters]]) };
}

/** A USB adapter passes bytes on in heaps: a shorter silence would cut true answers. */
function raiseSilence(file: Document, index: number, notes: string[]): void {
  const line = ["lines", index];
  const port = file.getIn([...line, "serial_port"]);
  const key = "within_message_timeout_ms";
  const silence = file.getIn([...line, key], true);
  if (!isScalar<unknown>(silence) || typeof silence.value !== "number" || !isUsbPort(port)) return;
  if (silence.value < 1 || silence.value >= shortestUsbSilenceMs) return;
  const reason = `${silence.value} in EVerest; a USB adapter holds bytes back for up to ${shortestUsbSilenceMs} ms`;
  notes.push(`${String(file.getIn([...line, "name"]))}: ${key} is raised to ${raisedSilenceMs}: ${reason}`);
  silence.value = raisedSilenceMs;
  silence.comment = ` ${reason}`;
}

function modulesOf({ line, meters }: { line: Entry; meters: readonly Entry[] }, index: number): [string, string][] {
  const key = `lines[${index}]`;
  return [[key, line[0]], ...meters.map(([id], at): [string, string] => [`${key}.meters[${at}]`, id])];
}

function lineOf({ connections }: EverestModule): string | undefined {
  return connections?.modbus?.[0]?.module_id;
}

function settingsOf({ config_module: module, config_implementation: implementation }: EverestModule): Values {
  return { ...module, ...implementation?.main };
}

/** Every other default on the wire is the same here. */
function withHubDefaults(id: string, values: Values, notes: string[]): Values {
  const missing = Object.entries(hubDefaults).filter(([key]) => !Object.hasOwn(values, key));
  for (const [key, value] of missing) {
    notes.push(`${id}: ${key} is ${value}, EVerest's default, as the file does not set it`);
  }
  return { ...Object.fromEntries(missing), ...values };
}

/** The values whose keys mean the same here; the others become notes. */
function carriedOver(id: string, values: Values, keys: ReadonlySet<string>, notes: string[]): Values {
  const carried: Values = {};
  for (const [key, value] of Object.entries(values)) {
    if (keys.has(key)) carried[key] = verbatim(id, key, value, notes);
    else if (!isIdle(key, value)) notes.push(`${id}: ${key}: ${JSON.stringify(value)} is left out${why(key)}`);
  }
  return carried;
}

/** EVerest knows no variables: what looks like one is meant as it stands. */
function verbatim(id: string, key: string, value: unknown, notes: string[]): unknown {
  const escaped = typeof value === "string" ? escapeVariables(value) : value;
  if (escaped !== value) {
    notes.push(
      `${id}: ${key}: "\${" is written "$\${", as EVerest replaces no variables; with one $ it names one here`,
    );
  }
  return escaped;
}

/** Settings that say what happens anyway. */
function isIdle(key: string, value: unknown): boolean {
  return key === "max_packet_size" || key.startsWith("rxtx_gpio_") && (value === "" || value === 0 || value === false);
}

function why(key: string): string {
  if (!key.startsWith("rxtx_gpio_")) return ": there is no such setting here";
  return ": the direction is not switched by GPIO here; use an adapter that switches it by itself, or a driver with rs485 (docs/hardware.md)";
}

/** A name for each module: its id, or where that is no token or taken, one that is like it. */
function namesOf(ids: readonly string[], notes: string[]): Map<string, string> {
  const asToken = (id: string) => id.replace(/[^A-Za-z0-9_-]/g, "-").replace(/^_+/, "") || "meter";
  const taken = new Set(ids.filter((id) => asToken(id) === id));
  return new Map(ids.map((id) => {
    const base = asToken(id);
    if (base === id) return [id, id];
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
    taken.add(name);
    const why = name === base ? "" : `, and ${base} is taken`;
    notes.push(`${id}: is named ${name} here, as names are parts of subjects${why}`);
    return [id, name];
  }));
}

/**
 * Modules that are no meters of ours and yet ask something on a port that we shall use.
 *
 * @param ports of our lines
 */
function otherMasters(
  rest: readonly Entry[],
  modules: readonly Entry[],
  ports: ReadonlySet<unknown>,
): { id: string; note: string }[] {
  const hubs = new Map(
    modules.filter(([, { module }]) => module === lineModule).map(([id, hub]) => [id, portOf(hub)] as const),
  );
  return rest.flatMap(([id, { module, connections }]) => {
    const peers = Object.values(connections ?? {}).flatMap((list) => list ?? []).map((peer) => peer.module_id);
    const hub = peers.find((peer) => hubs.has(peer) && ports.has(hubs.get(peer)));
    if (hub === undefined) return [];
    const device = `warning: ${id} (${module}) is left out, but asks another device on the line of ${hub}`;
    const isMeter = module === genericMeter;
    const remedy = `give that device a line of its own, or take the module out of EVerest${isMeter ? readByUs : ""}`;
    return [{ id, note: `${device}: two masters on one line collide; ${remedy}` }];
  });
}

function portOf(hub: EverestModule): unknown {
  return settingsOf(hub).serial_port ?? hubDefaults.serial_port;
}

function leftOut(modules: readonly Entry[]): string[] {
  const unconnected = modules.filter(([, { module }]) => module === meterModule);
  const others = modules.filter(([, { module }]) => module !== meterModule);
  return [
    ...unconnected.map(([id]) => `${id}: is left out: its connection modbus leads to no ${lineModule}`),
    ...(others.length === 0 ? [] : [
      `left out, as they have no part in reading meters: ${
        others.map(([id, { module }]) => `${id} (${module})`).join(", ")
      }`,
    ]),
  ];
}

/** Where our defaults stay, although they are not EVerest's. */
const otherwise: readonly string[] = [
  "site and nats.servers are made up: set them",
  "clock.require_sync is true here: no meter's clock is set while this machine's clock is not synchronised",
  "monitor_transaction_state is true here unless it is set: a transaction that a meter closes by itself is a fault",
];
