import assert from "node:assert/strict";
import { stringify } from "yaml";
import * as z from "zod";
import { everestSettingsSchema } from "../../src/config/everest_settings_schema.ts";
import {
  ConfigError,
  effectiveEverestConfig,
  everestConfigurationSchema,
  type EverestSettings,
  loadEverestSettings,
  type Problem,
} from "../../src/config/mod.ts";
import { everestKeyRules } from "../../src/config/key_rules.ts";
import { sectionsOf } from "../../src/config/sections.ts";
import { runCommand } from "../support/run_command.ts";
import { candidateValues } from "./candidate_values.ts";
import { disagreement, schemaVerdicts } from "./schema_verdicts.ts";

type Mapping = Record<string, unknown>;

function load(text: string, variables: Readonly<Record<string, string>> = {}): EverestSettings {
  return loadEverestSettings(text, { path: "/etc/wattseal/everest.yaml", env: (name) => variables[name] });
}

function problemsOf(text: string, variables: Readonly<Record<string, string>> = {}): readonly Problem[] {
  try {
    load(text, variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** A valid file with a value at a key. */
function fileWith(section: string, key: string, value: unknown): string {
  const meter: Mapping = { meter: "evse-1", module_id: "meter_1" };
  const file: Mapping = { site: "berlin-01", meters: [meter] };
  let target = section === "meters[]" ? meter : file;
  if (section !== "meters[]") {
    for (const step of section.split(".").filter((step) => step !== "")) {
      const inner: Mapping = {};
      target[step] = inner;
      target = inner;
    }
  }
  for (const rule of everestKeyRules) {
    if (rule.kind !== "pair" || rule.section !== section || !rule.pair.includes(key)) continue;
    for (const other of rule.pair) target[other] = "a";
  }
  target[key] = value;
  return stringify(file);
}

const verdictsOn = schemaVerdicts(everestConfigurationSchema(), problemsOf);

Deno.test("config/everest.schema.json is what the command schema prints for everest", async () => {
  const { code, out } = await runCommand(["schema", "--everest"]);
  assert.equal(code, 0);
  assert.equal(
    out,
    Deno.readTextFileSync(new URL("../../config/everest.schema.json", import.meta.url)),
    "write it again: deno task schema --everest > config/everest.schema.json",
  );
});

Deno.test("the JSON Schema of everest and the validator agree on each key, and on unknown and missing ones", () => {
  const wrong: string[] = [];
  for (const [section, shape] of sectionsOf(everestSettingsSchema)) {
    assert.deepEqual(verdictsOn(fileWith(section, "unknown_key", 1)).schema.length, 1, section);
    for (const [key, schema] of Object.entries(shape)) {
      if (!(schema instanceof z.ZodType)) continue;
      for (const value of [undefined, ...candidateValues(schema)]) {
        const reason = disagreement(verdictsOn(fileWith(section, key, value)));
        if (reason !== undefined) wrong.push(`${section}.${key}: ${JSON.stringify(value)}: ${reason}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("the JSON Schema of everest refuses a user without a password, and two kinds of credentials", () => {
  const meters = "site: a\nmeters: [{ meter: evse-1, module_id: m1 }]\n";
  assert.deepEqual(verdictsOn(meters), { schema: [], validator: [] });
  for (
    const keys of [
      "mqtt: { user: me }",
      "mqtt: { tls: { cert_file: own.pem } }",
      "nats: { password: secret }",
      "nats: { token: secret, nkey_seed_file: seed }",
    ]
  ) {
    const { schema, validator } = verdictsOn(`${meters}${keys}\n`);
    assert.ok(schema.length > 0 && validator.length > 0, keys);
  }
});

Deno.test("the effective settings of everest load as the same settings, without secrets", () => {
  const meters = "site: a\nmeters: [{ meter: evse-1, module_id: m1, max_energy_age_ms: 0 }]\n";
  for (const keys of ["", "mqtt: { server: 'mqtts://[fd00::1]', tls: { ca_file: ca.pem } }", "mqtt: { server: b:1 }"]) {
    const settings = load(`${meters}${keys}\n`);
    assert.deepEqual(load(stringify(effectiveEverestConfig(settings))), settings, keys);
  }
  const secrets = load(`${meters}nats: { token: hunter2 }\nmqtt: { user: me, password: hunter2 }\n`);
  const text = stringify(effectiveEverestConfig(secrets));
  assert.match(text, /token: "\*\*\*"[^]*password: "\*\*\*"/);
  assert.doesNotMatch(text, /hunter2/);
});
