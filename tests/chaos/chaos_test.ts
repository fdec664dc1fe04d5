import assert from "node:assert/strict";
import { serverKilled } from "./hub_scenarios.ts";
import { leafCut } from "./leaf_scenarios.ts";

Deno.test("a leaf connection that is cut during a whole transaction causes no loss, duplicate or reordering", async () => {
  assert.deepEqual((await leafCut(5_000)).findings, []);
});

Deno.test("a hub of three servers that loses one causes no loss or duplicate", async () => {
  assert.deepEqual((await serverKilled(16, 3_000)).findings, []);
});
