import assert from "node:assert/strict";
import { CrashClient, type MishapPlan, type Occasion } from "./crash_client.ts";
import { startRequest, textOf, World } from "./world.ts";

/** The actions of the client in a world with failures. */
export type ScenarioName = "whole" | "forsaken";

/** One world: the actions of the client and the failures. */
export interface CrashCase {
  readonly scenario: ScenarioName;
  readonly mishapPlan: MishapPlan;
  /** Number of reads of the OCMF state that still return RUNNING after an 'E'. */
  readonly closingChecks: number;
}

const scenarios: Readonly<Record<ScenarioName, (client: CrashClient) => Promise<void>>> = {
  /** Two whole transactions; the second one finds the remains of the first. */
  async whole(client) {
    for (const id of ["tx-1", "tx-2"]) {
      await client.start(id);
      const answer = await client.stop(id);
      assert.deepEqual(await client.records(id), [answer]);
      assert.equal(await client.stop(id), answer);
      assert.equal(await client.state(id), "finished");
    }
  },
  /** A transaction without a stop, which the next one supersedes, and a cancelled transaction. */
  async forsaken(client) {
    await client.start("tx-1");
    await client.start("tx-2");
    await client.stop("");
  },
};

/** The names of all scenarios. */
export const scenarioNames = Object.keys(scenarios) as [ScenarioName, ...ScenarioName[]];

/**
 * Runs a world and asserts that no record was lost, duplicated or changed.
 *
 * @returns the occasions for failures
 */
export async function runCrashCase({ scenario, mishapPlan, closingChecks }: CrashCase): Promise<readonly Occasion[]> {
  await using world = new World();
  world.meter.closingChecks = closingChecks;
  const client = new CrashClient(world, mishapPlan);
  await scenarios[scenario](client);
  const occasions = [...client.occasions];
  await client.settle();

  const { journal, transactions } = await client.living();
  const records = journal.records();
  const made = world.meter.made.map(textOf);
  assert.deepEqual(records.map(({ ocmf }) => textOf(ocmf)), made, "each record once, as it was made");
  assert.deepEqual(world.meter.erased.map(textOf), made, "each file erased once");
  assert.equal(world.meter.state, "NOT_READY");
  assert.equal(journal.outbox(10).length, records.length);
  assert.deepEqual(records.filter(({ verdict }) => verdict?.signature !== "valid" || verdict.session !== "ok"), []);
  assert.equal(journal.openTransactions("evse-1").length, 0);
  for (const id of client.started) {
    assert.equal(records.filter(({ transactionId }) => transactionId === id).length, 1);
    await assert.rejects(transactions.start(startRequest(id)), { code: "TRANSACTION_FINISHED" });
  }
  return occasions;
}
