import assert from "node:assert/strict";
import { LastLogged, LinePace } from "../../src/base/log_pace.ts";

Deno.test("LastLogged finds a value new if it differs from the last one", () => {
  const last = new LastLogged<string>();
  assert.deepEqual(["a", "a", "b", "a", "a"].map((value) => last.isNew(value)), [true, false, true, true, false]);
});

Deno.test("LinePace has the first line at once, and the next ones after each pause", () => {
  let nowMs = 5;
  const pace = new LinePace({ mono: () => nowMs });
  const due = [5, 6, 104, 105, 106, 205].filter((atMs) => {
    nowMs = atMs;
    return pace.isDue(100);
  });
  assert.deepEqual(due, [5, 105, 205]);
});

Deno.test("LinePace has a line at once if the pause is 0, and the next pause begins there", () => {
  let nowMs = 0;
  const pace = new LinePace({ mono: () => nowMs });
  assert.ok(pace.isDue(100));
  nowMs = 50;
  assert.ok(pace.isDue(0));
  nowMs = 120;
  assert.ok(!pace.isDue(100));
});

Deno.test("LinePace begins the next pause at a line that was logged before it was due", () => {
  let nowMs = 0;
  const pace = new LinePace({ mono: () => nowMs });
  assert.ok(pace.isDue(100));
  nowMs = 50;
  pace.logged();
  nowMs = 149;
  assert.ok(!pace.isDue(100));
  nowMs = 150;
  assert.ok(pace.isDue(100));
});
