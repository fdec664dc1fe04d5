import assert from "node:assert/strict";
import { fileSchema } from "../../src/config/file_schema.ts";
import { ConfigError, loadConfig } from "../../src/config/mod.ts";
import { documentedTables, tablesOf } from "./document_tables.ts";

const document = await Deno.readTextFile(new URL("../../docs/configuration.md", import.meta.url));

Deno.test("docs/configuration.md lists each key with its allowed values, default and meaning", () => {
  const documented = documentedTables(document);
  // `defaults` allows every key of a meter except its name and unit id: both have the same table.
  for (const [path, rows] of tablesOf(fileSchema)) {
    if (path === "defaults") continue;
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
