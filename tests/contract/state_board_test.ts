import assert from "node:assert/strict";
import { StateBoard } from "../../src/contract/state_board.ts";

Deno.test("StateBoard.change publishes a value if more than its timestamp differs", () => {
  const published: object[] = [];
  const board = new StateBoard((_subject, payload) => published.push(payload) > 0);
  const first = { state: "online", transaction: { state: "idle" }, timestamp: "2026-01-31T08:00:00.000Z" };
  const again = { ...first, transaction: { state: "idle" }, timestamp: "2026-01-31T08:00:01.000Z" };
  const other = { ...again, transaction: { state: "running" } };
  for (const payload of [first, again, other, first]) board.change("a.status", payload);
  board.change("b.status", first);
  assert.deepEqual(published, [first, other, first, first]);
});
