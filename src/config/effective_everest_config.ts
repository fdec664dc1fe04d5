import { hostPortText } from "../base/endpoint.ts";
import { snakeKeys } from "../base/key_case.ts";
import { withoutSecrets } from "./effective_config.ts";
import { escapeVariables } from "./environment.ts";
import type { EverestSettings } from "./everest_settings.ts";

/**
 * Returns the settings in the form of the file of `everest`, with all defaults: an object with the keys of
 * `docs/everest.md`. Never throws.
 *
 * Loading the result returns the same settings, except `password` and `token`, which are masked.
 */
export function effectiveEverestConfig({ site, nats, mqtt, meters, log }: EverestSettings): Record<string, unknown> {
  const { host, port, tls, ...rest } = withoutSecrets(mqtt);
  const server = `${tls === undefined ? "mqtt" : "mqtts"}://${hostPortText({ host, port })}`;
  const file = {
    site,
    nats: withoutSecrets(nats),
    mqtt: { server, ...rest, ...(tls !== undefined && { tls }) },
    meters,
    log,
  };
  return snakeKeys(file, escapeVariables);
}
