import assert from "node:assert/strict";
import { runRandomTransactions } from "./random_transactions.ts";
import seeds from "./seeds.json" with { type: "json" };

/** Enough for some kills; `deno task crash-run` has hundreds. */
const transactions = 16;

/** Seeds that have once found an error, and one for all others. */
for (const seed of [1, ...seeds]) {
  Deno.test(`Service loses nothing in a random run with seed ${seed}`, async () => {
    let log = "";
    const keepLog = (path: string) => {
      log = Deno.makeTempFileSync({ prefix: `wattseal-crash-${seed}-`, suffix: ".log" });
      Deno.copyFileSync(path, log);
    };
    const report = await runRandomTransactions({ seed, transactions, keepLog });
    assert.deepEqual(report.violations, [], `${JSON.stringify(report)}, log: ${log}`);
    assert.equal(report.asked, transactions);
    assert.ok(report.counts.kill + report.counts.kill_at_step > 2, "the service was killed");
  });
}
