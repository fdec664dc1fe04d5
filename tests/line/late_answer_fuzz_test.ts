import assert from "node:assert/strict";
import { fuzzLateAnswers } from "../fuzz/late_answers.ts";

const seeds = 50;
const exchanges = 2000;

Deno.test("Line returns no wrong value in 100,000 exchanges with delays, losses, noise and truncation", async () => {
  const wrong: string[] = [];
  const seen = { exchanges: 0, values: 0, failures: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const run = await fuzzLateAnswers(seed, exchanges);
    wrong.push(...run.wrong.map((what) => `seed ${seed}: ${what}`));
    seen.exchanges += run.exchanges;
    seen.values += run.values;
    seen.failures += run.failures;
  }
  assert.deepEqual(wrong, []);
  // The line still works, and the units have the intended failures
  assert.ok(seen.exchanges >= 100_000 && seen.values > 60_000 && seen.failures > 2000, JSON.stringify(seen));
});
