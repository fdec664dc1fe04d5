import { hostPortText } from "../base/endpoint.ts";
import { endpointEntry } from "./endpoint.ts";
import { escapeVariables } from "./environment.ts";
import { snakeKeys } from "../base/key_case.ts";
import type { MeterSettings } from "../base/meter_settings.ts";
import type { LineSettings, Settings } from "./settings.ts";

const mask = "***";

/**
 * Returns the settings in the form of a configuration file, with all defaults: an object with the keys of
 * `docs/configuration.md`. Never throws.
 *
 * Loading the result returns the same settings, except `password` and `token`, which are masked.
 */
export function effectiveConfig(settings: Settings): Record<string, unknown> {
  const { site, stateDir, nats, streams, lines, journal, spool, clock, metrics, web, log } = settings;
  const secrets = { ...(nats.password && { password: mask }), ...(nats.token && { token: mask }) };
  const file = {
    site,
    stateDir,
    nats: { ...nats, ...secrets },
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

function effectiveLine({ name, endpoint, meters, ...rest }: LineSettings): Record<string, unknown> {
  return { name, ...endpointEntry(endpoint), ...rest, meters: meters.map(effectiveMeter) };
}

function effectiveMeter({ name, unit, timeZone, ...rest }: MeterSettings): Record<string, unknown> {
  const { timezoneOffsetMinutes: _, ...others } = rest;
  return { name, powermeterDeviceId: unit, ...(timeZone === undefined ? rest : { timeZone, ...others }) };
}
