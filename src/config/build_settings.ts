import { wantsTls } from "../base/host_address.ts";
import { endpointOf, fromFileFolder, parseListen } from "./endpoint.ts";
import type { ConfigFile } from "./file_schema.ts";
import { camelKeys } from "../base/key_case.ts";
import type { MeterSettings } from "../base/meter_settings.ts";
import { buildWeb } from "./web_settings.ts";
import type { LineSettings, NatsSettings, Settings, TlsSettings } from "./settings.ts";

type LineEntry = ConfigFile["lines"][number];
type MeterEntry = LineEntry["meters"][number];

const parities = { 0: "none", 1: "odd", 2: "even", none: "none", odd: "odd", even: "even" } as const;

/**
 * Builds the settings from a valid file.
 *
 * @param file the file with all defaults
 * @param path of the configuration file
 */
export function buildSettings(file: ConfigFile, path: string): Omit<Settings, "warnings" | "changedDefaults"> {
  const { site, streams, journal, spool, clock, log } = camelKeys(file);
  const listen = file.metrics?.listen === undefined ? undefined : parseListen(file.metrics.listen);
  return {
    site,
    stateDir: fromFileFolder(path, file.state_dir),
    nats: buildNats(file.nats, path),
    streams,
    lines: file.lines.map((line) => buildLine(line, path)),
    journal,
    spool,
    clock,
    ...(listen === undefined ? {} : { metrics: { listen } }),
    ...(file.web === undefined ? {} : { web: buildWeb(file.web, path) }),
    log,
  };
}

/** Builds the settings of NATS. @param path of the configuration file */
export function buildNats(nats: ConfigFile["nats"], path: string): NatsSettings {
  const absolute = (file: string | undefined) => file === undefined ? undefined : fromFileFolder(path, file);
  const { credentials_file: credentials, nkey_seed_file: seed, ...rest } = nats;
  const tls = nats.tls ?? (wantsTls(nats.servers) ? {} : undefined);
  return camelKeys({
    ...rest,
    credentialsFile: absolute(credentials),
    nkeySeedFile: absolute(seed),
    tls: tls && tlsFiles(tls, path),
  });
}

/** The files of a section `tls`, with absolute paths. @param path of the configuration file */
export function tlsFiles(tls: NonNullable<ConfigFile["nats"]["tls"]>, path: string): TlsSettings {
  const files = Object.entries(camelKeys(tls)).filter(([, file]) => file !== undefined);
  return Object.fromEntries(files.map(([key, file]) => [key, fromFileFolder(path, file)]));
}

function buildLine(line: LineEntry, path: string): LineSettings {
  const { serial_port: serialPort, gateway, parity, meters, ...rest } = line;
  const endpoint = endpointOf(serialPort, gateway, path);
  if (endpoint === undefined) throw new TypeError(`Cannot build line ${line.name}: it has no endpoint`);
  return { ...camelKeys(rest), endpoint, parity: parities[parity], meters: meters.map(buildMeter) };
}

function buildMeter(meter: MeterEntry): MeterSettings {
  const { powermeter_device_id: unit, ...rest } = meter;
  const settings = camelKeys(rest);
  const live = settings.liveMeasurementIntervalMs;
  return {
    ...settings,
    unit,
    energyIntervalMs: Math.max(live, settings.energyIntervalMs ?? 0),
    temperatureIntervalMs: Math.max(live, settings.temperatureIntervalMs ?? 0),
    signedValueIntervalMs: Math.max(live, settings.signedValueIntervalMs ?? 0),
  };
}
