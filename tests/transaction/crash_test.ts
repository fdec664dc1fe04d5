import assert from "node:assert/strict";
import fc from "fast-check";
import { type Failpoint, failpoints, TransactionError } from "../../src/transaction/mod.ts";
import { type Mishap, mishaps, type StepName } from "./scripted_steps.ts";
import { type Process, startRequest, textOf, World } from "./world.ts";

/** What went wrong in one scenario, each thing once. */
interface Trouble {
  readonly failpoint?: Failpoint;
  /** By the number of the step in its process. */
  readonly mishaps?: ReadonlyMap<number, Mishap>;
}

/** A client that drives whole transactions through crashes and repeats what was not answered with OK. */
class Client {
  readonly #world: World;
  /** Transactions whose start was answered with OK. */
  readonly started = new Set<string>();
  process: Process;
  steps: StepName[] = [];

  constructor(world: World, trouble: Trouble) {
    this.#world = world;
    this.process = this.#boot(trouble);
  }

  async start(id: string): Promise<void> {
    await this.#untilOk((process) => process.desk.start(startRequest(id)), () => this.started.add(id));
  }

  async stop(id: string): Promise<string> {
    let text = "";
    await this.#untilOk((process) => process.desk.stop({ transaction_id: id }), (answer) => {
      text = answer.signed_meter_value?.signed_meter_data ?? "";
    });
    return text;
  }

  /** Asks for the state of a transaction. */
  async state(id: string): Promise<string | undefined> {
    const { desk } = await this.#living();
    return desk.status({ transaction_id: id }).transaction?.state;
  }

  /** The texts of the records of a transaction in the journal. */
  async records(id: string): Promise<string[]> {
    const { journal } = await this.#living();
    return journal.records({ transactionId: id }).map(({ ocmf }) => textOf(ocmf));
  }

  /** Nothing goes wrong from here on: what is left to do in the background is done. */
  async settle(): Promise<void> {
    this.process.steps.mishapAt = () => undefined;
    const { desk } = await this.#living();
    await desk.recover();
  }

  async #untilOk<T>(request: (process: Process) => Promise<T>, onOk: (answer: T) => void): Promise<void> {
    for (let attempt = 0; attempt < 8; attempt++) {
      const process = await this.#living();
      const outcome = await Promise.race([
        request(process).then((answer) => ({ answer }), (error: unknown) => ({ error })),
        process.steps.died.then(() => undefined),
      ]);
      if (outcome === undefined) continue;
      if ("answer" in outcome) return onOk(outcome.answer);
      assert.ok(outcome.error instanceof TransactionError);
      assert.notEqual(outcome.error.code, "INTERNAL", outcome.error.message);
    }
    assert.fail("no attempt was answered with OK");
  }

  /** The process that runs: a new one when the last has died, which it may do at any time, also after an answer. */
  async #living(): Promise<Process> {
    if (!this.process.steps.dead) return this.process;
    this.process = this.#boot({});
    for (const id of this.started) assert.equal(this.process.desk.status({ transaction_id: id }).status, "OK");
    await this.process.desk.recover();
    return this.process;
  }

  #boot(trouble: Trouble): Process {
    let used = false;
    const process: Process = this.#world.boot({
      failpoint: (name) => {
        if (name !== trouble.failpoint || used) return;
        used = true;
        return process.steps.die();
      },
    });
    process.steps.mishapAt = (call) => trouble.mishaps?.get(call);
    this.steps = process.steps.calls;
    return process;
  }
}

/** What a client does with a world in which something goes wrong. */
type Scenario = (client: Client) => Promise<void>;

/** Two whole transactions, the second of which finds whatever the first has left. */
const whole: Scenario = async (client) => {
  for (const id of ["tx-1", "tx-2"]) {
    await client.start(id);
    const answer = await client.stop(id);
    assert.deepEqual(await client.records(id), [answer]);
    assert.equal(await client.stop(id), answer);
    assert.equal(await client.state(id), "finished");
  }
};

/** A transaction that nobody stops, so that the next one supersedes it, and one that is cancelled. */
const forsaken: Scenario = async (client) => {
  await client.start("tx-1");
  await client.start("tx-2");
  await client.stop("");
};

/** Runs a scenario in a world of its own and asserts that no record was lost, doubled or changed. */
async function run(scenario: Scenario, trouble: Trouble, closingLooks = 0): Promise<StepName[]> {
  await using world = new World();
  world.meter.closingLooks = closingLooks;
  const client = new Client(world, trouble);
  const { steps } = client;
  await scenario(client);
  await client.settle();

  const { journal, desk } = client.process;
  const records = journal.records();
  assert.deepEqual(
    records.map(({ ocmf }) => textOf(ocmf)),
    world.meter.made.map(textOf),
    "each record once, as it was made",
  );
  assert.deepEqual(world.meter.erased.map(textOf), world.meter.made.map(textOf), "each file erased once");
  assert.equal(world.meter.state, "NOT_READY");
  assert.equal(journal.outbox(10).length, records.length);
  assert.deepEqual(records.filter(({ verdict }) => verdict?.signature !== "valid" || verdict.session !== "ok"), []);
  assert.equal(journal.openTransactions("evse-1").length, 0);
  for (const id of client.started) {
    assert.equal(records.filter(({ transactionId }) => transactionId === id).length, 1);
    await assert.rejects(desk.start(startRequest(id)), { code: "TRANSACTION_FINISHED" });
  }
  return steps;
}

for (const [name, scenario] of Object.entries({ whole, forsaken })) {
  Deno.test(`TransactionDesk loses and doubles nothing when the process dies at any failpoint: ${name}`, async (t) => {
    for (const failpoint of failpoints) {
      await t.step(failpoint, async () => void await run(scenario, { failpoint }));
    }
  });

  Deno.test(`TransactionDesk loses and doubles nothing when any one step goes wrong in any way: ${name}`, async (t) => {
    const steps = await run(scenario, {}, 2);
    assert.ok(steps.length > 15);
    for (const [call, step] of steps.entries()) {
      for (const mishap of mishaps) {
        await t.step(`${call} ${step} ${mishap}`, async () => {
          await run(scenario, { mishaps: new Map([[call, mishap]]) }, 2);
        });
      }
    }
  });

  Deno.test(`TransactionDesk loses and doubles nothing when several steps go wrong: ${name}`, async () => {
    const trouble = fc.uniqueArray(fc.tuple(fc.nat(24), fc.constantFrom(...mishaps)), {
      selector: ([call]) => call,
      minLength: 2,
      maxLength: 5,
    });
    const property = fc.asyncProperty(trouble, fc.nat(3), async (mishapsAt, closingLooks) => {
      await run(scenario, { mishaps: new Map(mishapsAt) }, closingLooks);
    });
    await fc.assert(property, { numRuns: 60 });
  });
}

Deno.test("TransactionDesk loses and doubles nothing when the process dies after the stop was answered", async () => {
  await run(whole, { mishaps: new Map([[14, "dead_before"], [1, "unheard"], [2, "unheard"]]) }, 2);
});
