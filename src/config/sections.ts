import * as z from "zod";

/**
 * Returns every mapping of a schema with its keys, by path: `nats`, `nats.tls`, `lines[].meters[]`; the path of the
 * file itself is empty.
 */
export function sectionsOf(schema: unknown, path = ""): Map<string, Readonly<Record<string, unknown>>> {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return sectionsOf(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodArray) return sectionsOf(schema.element, `${path}[]`);
  const sections = new Map<string, Readonly<Record<string, unknown>>>();
  if (!(schema instanceof z.ZodObject)) return sections;
  sections.set(path, schema.shape);
  for (const [key, inner] of Object.entries(schema.shape)) {
    const innerPath = path === "" ? key : `${path}.${key}`;
    for (const [sectionPath, keys] of sectionsOf(inner, innerPath)) sections.set(sectionPath, keys);
  }
  return sections;
}
