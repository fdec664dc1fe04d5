import assert from "node:assert/strict";
import { CrashClient, type Occasion, type Trouble } from "./crash_client.ts";
import { startRequest, textOf, World } from "./world.ts";

/** What the client does in a world in which something goes wrong. */
export type ScenarioName = "whole" | "forsaken";

/** One world: what the client does, and what goes wrong meanwhile. */
export interface CrashCase {
  readonly scenario: ScenarioName;
  readonly trouble: Trouble;
  /** Looks at the OCMF state that RUNNING outlasts an 'E'. */
  readonly closingLooks: number;
}

const scenarios: Readonly<Record<ScenarioName, (client: CrashClient) => Promise<void>>> = {
  /** Two whole transactions, the second of which finds whatever the first has left. */
  async whole(client) {
    for (const id of ["tx-1", "tx-2"]) {
      await client.start(id);
      const answer = await client.stop(id);
      assert.deepEqual(await client.records(id), [answer]);
      assert.equal(await client.stop(id), answer);
      assert.equal(await client.state(id), "finished");
    }
  },
  /** A transaction that nobody stops, so that the next one supersedes it, and one that is cancelled. */
  async forsaken(client) {
    await client.start("tx-1");
    await client.start("tx-2");
    await client.stop("");
  },
};

/** The names of all scenarios. */
export const scenarioNames = Object.keys(scenarios) as [ScenarioName, ...ScenarioName[]];

/**
 * Runs a world and asserts that no record was lost, doubled or changed.
 *
 * @returns where something could have gone wrong
 */
export async function runCrashCase({ scenario, trouble, closingLooks }: CrashCase): Promise<readonly Occasion[]> {
  await using world = new World();
  world.meter.closingLooks = closingLooks;
  const client = new CrashClient(world, trouble);
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
