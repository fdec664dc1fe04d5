import * as z from "zod";

/**
 * Returns every mapping of a schema with its keys, by path: `nats`, `nats.tls`, `lines[].meters[]`; the path of the
 * file itself is empty.
 */
export function sectionsOf(schema: unknown, path = ""): Map<string, Readonly<Record<string, unknown>>> {
  const inner = withoutWrappers(schema);
  if (inner instanceof z.ZodArray) return sectionsOf(inner.element, `${path}[]`);
  const sections = new Map<string, Readonly<Record<string, unknown>>>();
  if (!(inner instanceof z.ZodObject)) return sections;
  sections.set(path, inner.shape);
  for (const [key, member] of Object.entries(inner.shape)) {
    const innerPath = path === "" ? key : `${path}.${key}`;
    for (const [sectionPath, keys] of sectionsOf(member, innerPath)) sections.set(sectionPath, keys);
  }
  return sections;
}

/** The schema of the value itself, without what makes it optional or gives it a default. */
export function withoutWrappers(schema: unknown): unknown {
  const isWrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return isWrapped ? withoutWrappers(schema.unwrap()) : schema;
}
