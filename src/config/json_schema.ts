import * as z from "zod";
import { everestSettingsSchema } from "./everest_settings_schema.ts";
import { fileSchema } from "./file_schema.ts";
import { everestKeyRules, type KeyRule, keyRules } from "./key_rules.ts";
import { withoutWrappers } from "./sections.ts";

type Json = Readonly<Record<string, unknown>>;

/** A `${NAME}` whose value only the service knows. */
const variable = { $ref: "#/definitions/variable" };

/**
 * The JSON Schema of a configuration file, draft 7: the newest draft that yaml-language-server supports. It states
 * everything that the validator refuses, except what needs more than one mapping, the environment or the syntax of an
 * address.
 */
export function configurationSchema(): Json {
  return documentOf(fileSchema, keyRules);
}

/** The same for the file of `everest`. */
export function everestConfigurationSchema(): Json {
  return documentOf(everestSettingsSchema, everestKeyRules);
}

function documentOf(schema: z.ZodType, rules: readonly KeyRule[]): Json {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    ...schemaAt("", schema, rules),
    definitions: {
      variable: {
        type: "string",
        // `$${` is a literal `${`
        pattern: "(^|[^$])\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}",
      },
    },
  };
}

function schemaAt(path: string, schema: z.ZodType, rules: readonly KeyRule[]): Json {
  const inner = withoutWrappers(schema);
  if (inner instanceof z.ZodObject) return objectAt(path, inner, schema.description, rules);
  if (inner instanceof z.ZodArray && inner.element instanceof z.ZodType) {
    return { ...leaf(schema), description: described(schema), items: schemaAt(`${path}[]`, inner.element, rules) };
  }
  return value(schema);
}

function objectAt(
  path: string,
  { shape }: z.ZodObject,
  description: string | undefined,
  rules: readonly KeyRule[],
): Json {
  const properties = Object.entries(shape).map(([key, schema]) =>
    [key, schemaAt(path === "" ? key : `${path}.${key}`, schema, rules)] as const
  );
  const required = Object.entries(shape).filter(([, schema]) => !schema.safeParse(undefined).success);
  const own = rules.filter(({ section }) => section === path).flatMap(ruleSchemas);
  return {
    type: "object",
    ...(description !== undefined && { description }),
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required: required.map(([key]) => key) }),
    additionalProperties: false,
    ...(own.length > 0 && { allOf: own }),
  };
}

/** A single value. Any of them may come from the environment. */
function value(schema: z.ZodType): Json {
  const { description: _, default: byDefault, ...form } = leaf(schema);
  // An editor shows this text instead of the pattern
  const message = "pattern" in form ? { patternErrorMessage: `Allowed: ${allowedIn(schema)}` } : {};
  return {
    description: described(schema),
    ...(byDefault !== undefined && { default: byDefault }),
    anyOf: [{ ...form, ...message }, variable],
  };
}

/** The schema of a value or of a list, as zod writes it. */
function leaf(schema: z.ZodType): Json {
  const { $schema: _, items: __, ...rest } = z.toJSONSchema(schema, { target: "draft-7", io: "input" });
  return rest;
}

/** What a value means, what is allowed and, in editors that do not show it otherwise, its default. */
function described(schema: z.ZodType): string {
  const { success, data } = schema.safeParse(undefined);
  const byDefault = success && data !== undefined ? `. Default: ${Array.isArray(data) ? data.join(", ") : data}` : "";
  const facts = `Allowed: ${allowedIn(schema)}${byDefault}`;
  return schema.description === undefined ? facts : `${schema.description}.\n\n${facts}`;
}

/** What is allowed, as in error messages. */
function allowedIn(schema: z.ZodType): string | undefined {
  return schema.safeParse(Symbol()).error?.issues[0]?.message;
}

function ruleSchemas(rule: KeyRule): Json[] {
  if (rule.kind === "pair") {
    const [one, other] = rule.pair;
    return [{ dependencies: { [one]: [other], [other]: [one] } }];
  }
  if (rule.kind === "exclusion") return [refusedWith(rule.by, rule.excluded)];
  const { alternatives, flags = [], absent } = rule;
  const order = alternatives.flatMap((group, index) =>
    group.map((key) => refusedWith(key, alternatives.slice(index + 1).flat(), flags))
  );
  const required = alternatives.flat().map((key) => ({ required: [key] }));
  return [...(absent === undefined ? [] : [{ anyOf: required }]), ...order.slice(0, -1)];
}

/**
 * Refuses keys of a mapping that has another key. An editor marks the refused key.
 *
 * @param flags keys that are refused only if they are true
 */
function refusedWith(by: string, keys: readonly string[], flags: readonly string[] = []): Json {
  const properties = keys.map((key) => [key, flags.includes(key) ? { not: { const: true } } : false]);
  return { dependencies: { [by]: { properties: Object.fromEntries(properties) } } };
}
