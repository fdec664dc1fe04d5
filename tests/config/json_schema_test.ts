import assert from "node:assert/strict";
import { stringify } from "yaml";
import * as z from "zod";
import { fileSchema } from "../../src/config/file_schema.ts";
import { configurationSchema } from "../../src/config/mod.ts";
import { keyRules } from "../../src/config/key_rules.ts";
import { sectionsOf, withoutWrappers } from "../../src/config/sections.ts";
import { runCommand } from "../support/run_command.ts";
import { candidateValues } from "./candidate_values.ts";
import { disagreement, schemaVerdicts } from "./schema_verdicts.ts";

const folder = new URL("../../config/", import.meta.url);

type Mapping = Record<string, unknown>;

/** Every key with its section. */
function keysOfFile(): { section: string; key: string; schema: z.ZodType }[] {
  return [...sectionsOf(fileSchema)].flatMap(([section, shape]) =>
    Object.entries(shape).flatMap(([key, schema]) => schema instanceof z.ZodType ? [{ section, key, schema }] : [])
  );
}

/** Keys that a section requires. */
const requiredKeys: Readonly<Record<string, Mapping>> = {
  "lines[].rs485": { direction: "rts" },
  "web.trusted_proxy": { addresses: ["10.0.0.1"], user_header: "X-User" },
};

/** A valid file with a value at a key, as far as the other keys decide. */
function fileWith(section: string, key: string, value: unknown): Mapping {
  const meter: Mapping = { name: "evse-1" };
  const line: Mapping = { name: "rs485-1", serial_port: "/dev/ttyUSB0", meters: [meter] };
  const file: Mapping = { site: "berlin-01", lines: [line] };
  let target = { "": file, "lines[]": line, "lines[].meters[]": meter }[section];
  if (target === undefined) {
    target = structuredClone(requiredKeys[section] ?? {});
    const path = section.replace("lines[].", "").split(".");
    const top = path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), target);
    Object.assign(section.startsWith("lines[]") ? line : file, top);
  }
  for (const rule of keyRules.filter((rule) => rule.section === section)) {
    const partner = rule.kind === "pair" && rule.pair.includes(key)
      ? rule.pair.find((other) => other !== key)
      : undefined;
    if (partner !== undefined) target[partner] = "a";
    const isAlternative = rule.kind === "alternatives" && rule.alternatives.flat().includes(key);
    if (isAlternative) { for (const other of rule.alternatives.flat()) if (other !== partner) delete target[other]; }
  }
  return Object.assign(target, { [key]: value }) && file;
}

/** The description of a key in a JSON Schema. */
function descriptionOf(schema: unknown, section: string, key: string): string {
  const steps = [...section.split(/\.|(?=\[\])/), key].filter((step) => step !== "");
  let at = schema;
  for (const step of steps) at = step === "[]" ? memberOf(at, "items") : memberOf(memberOf(at, "properties"), step);
  return String(memberOf(at, "description"));
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}

Deno.test("the JSON Schema accepts every example in config/", () => {
  const verdictsOn = schemaVerdicts();
  const names = [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".yaml")).map(({ name }) => name);
  assert.ok(names.length > 0);
  for (const name of names) {
    const text = Deno.readTextFileSync(new URL(name, folder));
    assert.deepEqual(verdictsOn(text), { schema: [], validator: [] }, name);
  }
});

Deno.test("config/schema.json is what the command schema prints", async () => {
  const { code, out } = await runCommand(["schema"]);
  assert.equal(code, 0);
  assert.equal(
    out,
    Deno.readTextFileSync(new URL("schema.json", folder)),
    "write it again: deno task schema > config/schema.json",
  );
});

Deno.test("the description of each key in the JSON Schema states its unit, what is allowed and its default", () => {
  const units = {
    ms: /milliseconds/i,
    s: /seconds/i,
    minutes: /minutes/,
    hours: /hours/i,
    days: /days/i,
    mb: /megabytes/i,
  };
  const wrong: string[] = [];
  const whole = configurationSchema();
  for (const { section, key, schema } of keysOfFile()) {
    const description = descriptionOf(whole, section, key);
    const { success, data } = schema.safeParse(undefined);
    const parts = withoutWrappers(schema) instanceof z.ZodObject ? [] : [
      "Allowed: ",
      ...(success && data !== undefined ? [`Default: ${data}`] : []),
    ];
    const unit = Object.entries(units).find(([suffix]) => key.endsWith(`_${suffix}`))?.[1];
    const missing = [
      ...[schema.description ?? "a description", ...parts].filter((part) => !description.includes(part)),
      ...(unit === undefined || unit.test(description) ? [] : [String(unit)]),
    ];
    wrong.push(...missing.map((part) => `${section}.${key} does not state ${part}: ${description}`));
  }
  assert.deepEqual(wrong, []);
});

Deno.test("the JSON Schema and the validator agree on each key: its values, its limits and other types", () => {
  const verdictsOn = schemaVerdicts();
  const wrong: string[] = [];
  for (const { section, key, schema } of keysOfFile()) {
    const isMapping = withoutWrappers(schema) instanceof z.ZodObject;
    let accepted = 0;
    for (const value of candidateValues(schema)) {
      const verdicts = verdictsOn(stringify(fileWith(section, key, value)));
      if (verdicts.schema.length === 0) accepted++;
      const reason = disagreement(verdicts);
      if (reason !== undefined) wrong.push(`${section}.${key}: ${JSON.stringify(value)}: ${reason}`);
    }
    if (accepted === 0 && key !== "lines" && key !== "meters" && !isMapping) {
      wrong.push(`${section}.${key}: no value is accepted`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("the JSON Schema and the validator refuse the same unknown and missing keys", () => {
  const verdictsOn = schemaVerdicts();
  for (const section of sectionsOf(fileSchema).keys()) {
    const { schema, validator } = verdictsOn(stringify(fileWith(section, "unknown_key", 1)));
    assert.equal(schema.length, 1, section);
    assert.equal(validator.length, 1, section);
  }
  for (const { section, key } of keysOfFile()) {
    const file = fileWith(section, key, undefined);
    assert.equal(disagreement(verdictsOn(stringify(file))), undefined, `${section}.${key}`);
  }
});
