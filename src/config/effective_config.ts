import { hostPortText } from "../base/endpoint.ts";
import { endpointEntry } from "./endpoint.ts";
import { escapeVariables } from "./environment.ts";
import { snakeKeys } from "../base/key_case.ts";
import type { MeterSettings } from "../base/meter_settings.ts";
import type { LineSettings, Settings } from "./settings.ts";

/**
 * Returns the settings in the form of a configuration file, with all defaults: an object with the keys of
 * `docs/configuration.md`. Never throws.
 *
 * Loading the result returns the same settings, except `password` and `token`, which are masked.
 */
export function effectiveConfig(settings: Settings): Record<string, unknown> {
  const { site, stateDir, nats, streams, lines, journal, spool, clock, metrics, web, log } = settings;
  const file = {
    site,
    stateDir,
    nats: withoutSecrets(nats),
    streams,
    lines: lines.map(effectiveLine),
    journal,
    spool,
    clock,
    ...(metrics && { metrics: { listen: hostPortText(metrics.listen) } }),
    ...(web && { web: { ...web, listen: hostPortText(web.listen) } }),
    log,
  };
  return snakeKeys(file, escapeVariables);
}

/** The same settings with masked secrets. */
export function withoutSecrets<T extends { readonly password?: string; readonly token?: string }>(settings: T): T {
  const { password, token } = settings;
  return { ...settings, ...(password && { password: mask }), ...(token && { token: mask }) };
}

const mask = "***";

function effectiveLine({ name, endpoint, meters, ...rest }: LineSettings): Record<string, unknown> {
  return { name, ...endpointEntry(endpoint), ...rest, meters: meters.map(effectiveMeter) };
}

function effectiveMeter({ name, unit, timeZone, ...rest }: MeterSettings): Record<string, unknown> {
  const { timezoneOffsetMinutes: _, ...others } = rest;
  return { name, powermeterDeviceId: unit, ...(timeZone === undefined ? rest : { timeZone, ...others }) };
}
