import assert from "node:assert/strict";
import { hasShownLines } from "./shown_output.ts";

const has = (output: string, ...shown: string[]) => hasShownLines(output, shown, (line) => line.trim());

Deno.test("shown lines are found one below the other, and after lines that are left out", () => {
  assert.ok(has("start\na\nb\nc\n", "a", "b"));
  assert.ok(has("a\nx\nb\n", "a", "...", "b"));
  assert.ok(!has("a\nx\nb\n", "a", "b"));
  assert.ok(!has("b\na\n", "a", "...", "b"));
});

Deno.test("shown lines are found in the first table that has all of them", () => {
  assert.ok(has("head\nevse-1 7\nevse-2\n\nhead\nevse-1 7\nevse-2 8\n", "head", "...", "evse-1 7", "evse-2 8"));
});
