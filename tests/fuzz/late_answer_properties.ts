import assert from "node:assert/strict";
import { fuzzLateAnswers } from "./late_answers.ts";
import { type Property, seededProperty } from "./property.ts";

/** Requests on the line in one case. */
export const exchangesPerRun = 2000;

/** What holds for every line, however late its units answer. */
export const lateAnswerProperties: readonly Property[] = [
  seededProperty({
    name: "line-late-answers",
    title: "Line gives not one wrong value on a line with delays, losses, noise and truncation",
    runs: 10,
  }, async (seed) => {
    const { wrong, values } = await fuzzLateAnswers(seed, exchangesPerRun);
    assert.deepEqual(wrong, []);
    assert.ok(values > 0, "the line goes on working meanwhile");
  }),
];
