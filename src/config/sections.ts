import * as z from "zod";

/**
 * Every mapping of a schema with its keys, by its path: `nats`, `nats.tls`, `lines[].meters[]`; the file itself is the
 * empty path.
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
