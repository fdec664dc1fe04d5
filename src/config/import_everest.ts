import { Document, isScalar } from "yaml";
import { withDefaults } from "./common_values.ts";
import { isUsbPort, usbLatencyMs } from "./endpoint.ts";
import { escapeVariables } from "./environment.ts";
import { everestChanges } from "./everest_changes.ts";
import { type EverestModule, ImportError, readEverest } from "./everest_file.ts";
import { lineSchema } from "./line_schema.ts";
import { meterParameters } from "./meter_schema.ts";

/** The result of an import. */
export interface ImportedConfig {
  /** The configuration file for Wattseal, YAML. It may contain values that are not allowed: load it to check. */
  readonly text: string;
  /** Omitted settings, invented settings and differences, one sentence each. */
  readonly notes: readonly string[];
  /** What has to be changed in the EVerest configuration, and the file for `everest`: lines of text. */
  readonly everestChanges: readonly string[];
  /**
   * The EVerest module of each line and meter in the text, by key: `lines[0]`, `lines[0].meters[1]`. For `defaults`:
   * all meters.
   */
  readonly modules: ReadonlyMap<string, string>;
}

type Entry = readonly [id: string, module: EverestModule];
type Values = Record<string, unknown>;

const meterModule = "CarloGavazzi_EM580";
const lineModule = "SerialCommHub";
const genericMeter = "GenericPowermeter";
/** Such a module has its own register map. It cannot be converted, and Wattseal does not need it. */
const noMapNeeded =
  "; Wattseal reads the series in docs/meters.md without a register map: add such a meter to the meters of this line";
/** The defaults of EVerest that differ from Wattseal's. */
const hubDefaults: Values = { serial_port: "/dev/ttyUSB0", retries: 2 };
/** Twice the delay of an adapter: one late chunk does not cut an answer. */
const increasedSilenceMs = 2 * usbLatencyMs;
const meterKeys: ReadonlySet<string> = new Set(["powermeter_device_id", ...Object.keys(meterParameters.shape)]);
const lineKeys: ReadonlySet<string> = new Set(
  Object.keys(lineSchema.shape).filter((key) => !["name", "gateway", "stop_bits", "meters"].includes(key)),
);

/**
 * Converts an EVerest configuration: each `SerialCommHub` with its `CarloGavazzi_EM580` modules becomes a line with its
 * meters. Settings in the file are kept. A missing setting gets EVerest's default if Wattseal has a different one.
 * Settings that all meters share go into `defaults`.
 *
 * @param text YAML with `active_modules`
 * @param path the file's, for messages
 * @throws {ImportError} the text is not an EVerest configuration, or has no supported meter; one line for each mistake
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
    ...convertedSettings(id, withHubDefaults(id, settingsOf(hub), notes), lineKeys, notes),
    meters: meters.map(([meter, values]) => ({
      name: names.get(meter),
      ...convertedSettings(meter, settingsOf(values), meterKeys, notes),
    })),
  }));
  if (groups.length === 0) {
    const none = `found no ${meterModule} that is connected to a ${lineModule}: there is no meter to import`;
    throw new ImportError([none, ...leftOut(modules)].map((sentence) => `${path}: ${sentence}`));
  }
  const rest = modules.filter(([id]) => !used.includes(id));
  const masters = otherMasters(rest, modules, new Set(groups.map(({ line: [, hub] }) => portOf(hub))));
  const masterIds = new Set(masters.map(({ id }) => id));
  notes.push(...masters.map(({ note }) => note));
  notes.push(...leftOut(rest.filter(([id]) => !masterIds.has(id))), ...differentDefaults);
  const file = new Document({ site: "everest", nats: { servers: ["127.0.0.1:4222"] }, ...withDefaults(lines) });
  lines.forEach((_, index) => increaseSilence(file, index, notes));
  const meters = groups.flatMap((group) => group.meters.map(([id]) => id));
  return {
    text: file.toString(),
    notes,
    everestChanges: everestChanges(
      meters.map((id) => ({ id, name: names.get(id) ?? id })),
      groups.map((group) => group.line[0]),
      rest,
    ),
    modules: new Map([...groups.flatMap(modulesOf), ["defaults", meters.join(", ")]]),
  };
}

/** A USB adapter delivers bytes in chunks: a shorter timeout would cut valid answers. */
function increaseSilence(file: Document, index: number, notes: string[]): void {
  const line = ["lines", index];
  const port = file.getIn([...line, "serial_port"]);
  const key = "within_message_timeout_ms";
  const silence = file.getIn([...line, key], true);
  if (!isScalar<unknown>(silence) || typeof silence.value !== "number" || !isUsbPort(port)) return;
  if (silence.value < 1 || silence.value >= usbLatencyMs) return;
  const reason = `${silence.value} in EVerest; a USB adapter can delay bytes by up to ${usbLatencyMs} ms`;
  notes.push(`${String(file.getIn([...line, "name"]))}: ${key} is increased to ${increasedSilenceMs}: ${reason}`);
  silence.value = increasedSilenceMs;
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

/** All other defaults on the wire are equal. */
function withHubDefaults(id: string, values: Values, notes: string[]): Values {
  const missing = Object.entries(hubDefaults).filter(([key]) => !Object.hasOwn(values, key));
  for (const [key, value] of missing) {
    notes.push(`${id}: ${key} is ${value}, the default of EVerest: the file does not set it`);
  }
  return { ...Object.fromEntries(missing), ...values };
}

/** Returns the values whose keys have the same meaning. The other values become notes. */
function convertedSettings(id: string, values: Values, keys: ReadonlySet<string>, notes: string[]): Values {
  const carried: Values = {};
  for (const [key, value] of Object.entries(values)) {
    if (keys.has(key)) carried[key] = literalText(id, key, value, notes);
    else if (!hasNoEffect(key, value)) notes.push(`${id}: ${key}: ${JSON.stringify(value)} is omitted${why(key)}`);
  }
  return carried;
}

/** EVerest has no variables: a text that looks like one is literal. */
function literalText(id: string, key: string, value: unknown, notes: string[]): unknown {
  const escaped = typeof value === "string" ? escapeVariables(value) : value;
  if (escaped !== value) {
    notes.push(
      `${id}: ${key}: "\${" is written as "$\${": EVerest has no variables, and Wattseal would replace it`,
    );
  }
  return escaped;
}

/** Whether a setting has no effect. */
function hasNoEffect(key: string, value: unknown): boolean {
  return key === "max_packet_size" || key.startsWith("rxtx_gpio_") && (value === "" || value === 0 || value === false);
}

function why(key: string): string {
  if (!key.startsWith("rxtx_gpio_")) return ": Wattseal has no such setting";
  return ": Wattseal does not switch the direction by GPIO; use an adapter that switches automatically, or a " +
    "driver with rs485 (docs/hardware.md)";
}

/** Returns a name for each module: its id, or a similar name if the id is not a token or already used. */
function namesOf(ids: readonly string[], notes: string[]): Map<string, string> {
  const asToken = (id: string) => id.replace(/[^A-Za-z0-9_-]/g, "-").replace(/^_+/, "") || "meter";
  const taken = new Set(ids.filter((id) => asToken(id) === id));
  return new Map(ids.map((id) => {
    const base = asToken(id);
    if (base === id) return [id, id];
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
    taken.add(name);
    const why = name === base ? "" : `, and ${base} is already used`;
    notes.push(`${id}: renamed to ${name}, because names are parts of subjects${why}`);
    return [id, name];
  }));
}

/**
 * Finds other modules that send requests on a port of the imported lines.
 *
 * @param ports of the imported lines
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
    const device = `warning: ${id} (${module}) is omitted, but it sends requests to another device on the line ` +
      `of ${hub}`;
    const isMeter = module === genericMeter;
    const remedy = `give that device its own line, or remove the module from EVerest${isMeter ? noMapNeeded : ""}`;
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
    ...unconnected.map(([id]) => `${id}: omitted: its connection modbus does not lead to a ${lineModule}`),
    ...(others.length === 0 ? [] : [
      `omitted, because they do not read meters: ${others.map(([id, { module }]) => `${id} (${module})`).join(", ")}`,
    ]),
  ];
}

/** Defaults of Wattseal that stay, although EVerest has different ones. */
const differentDefaults: readonly string[] = [
  "site and nats.servers are placeholders: set them",
  "clock.require_sync is true: the clocks of meters are not set while the clock of this machine is not synchronised",
  "monitor_transaction_state is true unless the file sets it: if a meter closes a transaction by itself, this is a " +
  "fault",
];
