import * as z from "zod";
import { sectionsOf } from "../../src/config/sections.ts";

/** The tables of a document about a configuration file: section path to rows. */
export function documentedTables(document: string): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const part of document.split(/^### /m).slice(1)) {
    const path = /^`([^`]*)`/.exec(part)?.[1] ?? "";
    tables.set(path, part.split("\n").filter((line) => line.startsWith("| `")).map(unpadded));
  }
  return tables;
}

/** The tables that a document must have. */
export function tablesOf(schema: z.ZodType): Map<string, string[]> {
  const tables = [...sectionsOf(schema)].map(([path, shape]) => {
    const rows = Object.entries(shape).flatMap(([key, leaf]) =>
      leaf instanceof z.ZodType && !isSection(leaf) ? [expectedRow(key, leaf)] : []
    );
    return [path, rows] as const;
  });
  return new Map(tables.filter(([, rows]) => rows.length > 0));
}

/** A row of a table without the padding of its columns. */
function unpadded(row: string): string {
  return row.split("|").map((cell) => cell.trim()).join(" | ").trim();
}

function isSection(schema: unknown): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return isSection(schema.unwrap());
  }
  return schema instanceof z.ZodObject;
}

function expectedRow(key: string, schema: z.ZodType): string {
  const allowed = schema.safeParse(Symbol()).error?.issues[0]?.message;
  return `| \`${key}\` | ${allowed} | ${defaultOf(key, schema)} | ${schema.description} |`;
}

function defaultOf(key: string, schema: z.ZodType): string {
  const intervals = ["energy_interval_ms", "temperature_interval_ms", "signed_value_interval_ms"];
  if (intervals.includes(key)) return "`live_measurement_interval_ms`";
  if (schema instanceof z.ZodOptional) return "none";
  const result = schema.safeParse(undefined);
  if (!result.success) return "required";
  return `\`${Array.isArray(result.data) ? `[${result.data.join(", ")}]` : String(result.data)}\``;
}
