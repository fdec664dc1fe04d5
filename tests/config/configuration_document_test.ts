import assert from "node:assert/strict";
import * as z from "zod";
import { fileSchema } from "../../src/config/file_schema.ts";
import { ConfigError, loadConfig } from "../../src/config/mod.ts";
import { sectionsOf } from "../../src/config/sections.ts";

const document = await Deno.readTextFile(new URL("../../docs/configuration.md", import.meta.url));

/** The tables of the document: section path to rows. */
function documentedTables(): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const part of document.split(/^### /m).slice(1)) {
    const path = /^`([^`]*)`/.exec(part)?.[1] ?? "";
    tables.set(path, part.split("\n").filter((line) => line.startsWith("| `")).map(unpadded));
  }
  return tables;
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

Deno.test("docs/configuration.md lists each key with its allowed values, default and meaning", () => {
  const documented = documentedTables();
  for (const [path, shape] of sectionsOf(fileSchema)) {
    // `defaults` allows every key of a meter except its name and unit id: both have the same table.
    if (path === "defaults") continue;
    const rows = Object.entries(shape).flatMap(([key, schema]) =>
      schema instanceof z.ZodType && !isSection(schema) ? [expectedRow(key, schema)] : []
    );
    if (rows.length === 0) continue;
    assert.deepEqual(documented.get(path), rows, `table of ${path || "the top level"}`);
    documented.delete(path);
  }
  assert.deepEqual([...documented.keys()], [], "tables of sections that do not exist");
});

Deno.test("docs/configuration.md shows the actual messages for its file with mistakes", () => {
  const [, file = "", shown = ""] = /## Mistakes\n.*?```yaml\n(.*?)```\n\n```text\n(.*?)```/s.exec(document) ?? [];
  assert.throws(() => loadConfig(file, { path: "site.yaml", env: () => undefined }), (error) => {
    assert.ok(error instanceof ConfigError);
    const lines = shown.trimEnd().split("\n");
    // The document cuts off long messages.
    const cut = error.message.split("\n").map((message, index) => {
      const line = lines[index] ?? "";
      return line.endsWith("...") ? `${message.slice(0, line.length - 3)}...` : message;
    });
    assert.deepEqual(lines, cut);
    return true;
  });
});
