/**
 * Hundreds of transactions with kills of the service, line failures, adapters that swap their names or get stuck,
 * incomplete files, power cuts of the meters, removals and damage of the journal, a wall clock that is set, and
 * restarts and wipes of the broker; shows that no record is lost, duplicated or attributed to another meter or
 * transaction.
 *
 *     deno task crash-run [--seed N] [--transactions N]
 */
import { taskNumbers } from "../support/task_numbers.ts";
import { runRandomTransactions } from "./random_transactions.ts";

const { options } = taskNumbers(Deno.args, {
  usage: `Usage: deno task crash-run [--seed N] [--transactions N]

Runs transactions through kills of the service, faults on the line, adapters
that swap their names or hang, torn files, power cuts of the meters, removals and
damage of the journal, a wall clock that is set, and losses of the broker; ends
with 0 when no record is lost or in the wrong place.

  --seed N          repeats the run that printed this seed (default: a new one)
  --transactions N  how many (default: 400)`,
  options: ["seed", "transactions"],
});
const { seed = Math.floor(Math.random() * 1e6), transactions = 400 } = options;
print(`seed ${seed}, ${transactions} transactions`);
const startedMs = performance.now();
const { violations, counts, ...numbers } = await runRandomTransactions({
  seed,
  transactions,
  keepLog: (path) => {
    const kept = Deno.makeTempFileSync({ prefix: `wattseal-crash-${seed}-`, suffix: ".log" });
    Deno.copyFileSync(path, kept);
    print(`log: ${kept}`);
  },
});
print(JSON.stringify({ seed, seconds: Math.round((performance.now() - startedMs) / 1000), ...numbers, ...counts }));
for (const violation of violations) print(violation);
print(violations.length === 0 ? "nothing lost" : `${violations.length} violations`);
Deno.exitCode = violations.length === 0 ? 0 : 1;

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
