import assert from "node:assert/strict";
import type { FaultAdviceTable } from "../../src/view/mod.ts";
import { faultRoutes } from "../../src/web/fault_routes.ts";

const document = await Deno.readTextFile(new URL("../../docs/faults.md", import.meta.url));

Deno.test("the advice on each fault is that of docs/faults.md", async () => {
  const response = await faultRoutes().request("/api/faults");
  const { meter, node }: FaultAdviceTable = await response.json();
  const faults = [
    ...Object.entries(meter),
    ...Object.entries(node).map(([subType, advice]) => [`Node: ${subType}`, advice] as const),
  ];
  assert.ok(faults.length > 15);
  for (const [heading, { cause, remedy }] of faults) {
    const entry = document.split(`\n### ${heading}\n`)[1]?.split("\n### ")[0] ?? "";
    assert.ok(entry.includes(`**Cause:** ${cause}\n`), `${heading}: ${cause}`);
    assert.ok(entry.includes(`**Remedy:** ${remedy}\n`), `${heading}: ${remedy}`);
  }
});
