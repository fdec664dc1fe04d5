/** A part of a JSON Schema, as far as the schemas of payloads use it. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly description?: string;
}

const simpleTypes: Readonly<Record<string, string>> = {
  string: "string",
  number: "number",
  integer: "number",
  boolean: "boolean",
  null: "null",
};

/**
 * The TypeScript type that a JSON Schema describes.
 *
 * @throws {TypeError} the schema uses what this conversion does not know
 */
export function schemaType(schema: Schema, indent = ""): string {
  const { type, items, anyOf, properties, additionalProperties } = schema;
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map((value) => JSON.stringify(value)));
  if (anyOf !== undefined) return union(anyOf.map((one) => schemaType(one, indent)));
  if (type === "array" && items !== undefined) return `readonly (${schemaType(items, indent)})[]`;
  if (properties !== undefined) return objectType(schema, indent);
  if (type === "object" && typeof additionalProperties === "object") {
    return `{ readonly [name: string]: ${schemaType(additionalProperties, indent)} }`;
  }
  const simple = [type ?? []].flat().map((name) => simpleTypes[name]);
  if (simple.length > 0 && simple.every((each) => each !== undefined)) return union(simple);
  if (Object.keys(schema).every((key) => key === "description")) return "unknown";
  throw new TypeError(`Cannot convert a schema to a type: ${JSON.stringify(schema)}`);
}

function union(types: readonly (string | undefined)[]): string {
  return [...new Set(types)].join(" | ");
}

function objectType({ properties = {}, required = [] }: Schema, indent: string): string {
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(([name, schema]) => {
    const comment = schema.description === undefined ? "" : `${inner}/** ${schema.description} */\n`;
    return `${comment}${inner}${name}${required.includes(name) ? "" : "?"}: ${schemaType(schema, inner)};\n`;
  });
  return `{\n${members.join("")}${indent}}`;
}
