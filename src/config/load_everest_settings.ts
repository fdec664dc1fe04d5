import { camelKeys } from "../base/key_case.ts";
import { parseBroker } from "./broker_address.ts";
import { buildNats, tlsFiles } from "./build_settings.ts";
import { checkKeyRules } from "./check_key_rules.ts";
import { checkUnique, quoted } from "./check_together.ts";
import { checkedFile, type LoadOptions } from "./checked_file.ts";
import { deepFreeze } from "./deep_freeze.ts";
import type { EverestSettings, MqttSettings } from "./everest_settings.ts";
import { type EverestSettingsFile, everestSettingsSchema } from "./everest_settings_schema.ts";
import { everestKeyRules } from "./key_rules.ts";
import { childOf, type Finding, itemsOf, textOf, type TreeNode } from "./tree.ts";

/**
 * Parses the text of a file of `everest`.
 *
 * @param text YAML; keys, ranges and defaults: `docs/everest.md`
 * @returns the settings with all defaults, frozen
 * @throws {ConfigError} with all mistakes of the file
 */
export function loadEverestSettings(text: string, options: LoadOptions): EverestSettings {
  const rules = { schema: everestSettingsSchema, prepare: (root: TreeNode) => root, together: checkEverestTogether };
  const { file } = checkedFile(text, options, rules);
  const { site, meters, log } = camelKeys(file);
  return deepFreeze({
    site,
    nats: buildNats(file.nats, options.path),
    mqtt: buildMqtt(file, options.path),
    meters,
    log,
  });
}

function checkEverestTogether(root: TreeNode): Finding[] {
  const meters = itemsOf(childOf(root, "meters"));
  // Two instances of EVerest at one broker may have modules of the same id
  const moduleOf = (node: TreeNode | undefined, meter: TreeNode) => {
    const id = textOf(node);
    return id && JSON.stringify(`${textOf(childOf(meter, "topic_prefix")) ?? ""}${id}`);
  };
  return [
    ...checkKeyRules(root, everestKeyRules),
    ...checkUnique(meters, "meter", quoted, "each meter once"),
    ...checkUnique(meters, "module_id", moduleOf, "each module once for each topic_prefix"),
  ];
}

function buildMqtt({ site, mqtt }: EverestSettingsFile, path: string): MqttSettings {
  const address = parseBroker(mqtt.server);
  if (address === undefined) throw new TypeError(`Cannot use the broker ${mqtt.server}: its form is unknown`);
  const tls = mqtt.tls ?? (address.isTls ? {} : undefined);
  return {
    host: address.host,
    port: address.port ?? (tls === undefined ? 1883 : 8883),
    clientId: mqtt.client_id ?? `wattseal-everest-${site}`,
    statusTopic: mqtt.status_topic ?? `wattseal/everest/${site}`,
    ...(mqtt.user !== undefined && { user: mqtt.user }),
    ...(mqtt.password !== undefined && { password: mqtt.password }),
    ...(tls !== undefined && { tls: tlsFiles(tls, path) }),
  };
}
