import assert from "node:assert/strict";
import { serverKilled } from "./hub_scenarios.ts";
import { leafCut } from "./leaf_scenarios.ts";

Deno.test("a leaf that is cut over a whole transaction loses, doubles and misplaces nothing", async () => {
  assert.deepEqual((await leafCut(5_000)).findings, []);
});

Deno.test("a hub of three that loses a server loses and doubles nothing", async () => {
  assert.deepEqual((await serverKilled(16, 3_000)).findings, []);
});
