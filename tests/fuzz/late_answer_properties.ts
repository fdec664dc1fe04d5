import assert from "node:assert/strict";
import { fuzzLateAnswers } from "./late_answers.ts";
import { type Property, seededProperty } from "./property.ts";

/** Requests on the line in one case. */
export const exchangesPerRun = 2000;

/** Properties of every line, for any delay of its units. */
export const lateAnswerProperties: readonly Property[] = [
  seededProperty({
    name: "line-late-answers",
    title: "Line never returns a wrong value on a line with delays, losses, noise and truncation",
    runs: 10,
  }, async (seed) => {
    const { wrong, values } = await fuzzLateAnswers(seed, exchangesPerRun);
    assert.deepEqual(wrong, []);
    assert.ok(values > 0, "the line still works");
  }),
];
