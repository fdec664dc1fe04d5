import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
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

  /** Nothing goes wrong from here on: what is left to do in the background is done. */
  async settle(): Promise<void> {
    this.process.steps.mishapAt = () => undefined;
    if (this.process.steps.dead) this.process = this.#boot({});
    await this.process.desk.recover();
  }

  async #untilOk<T>(request: (process: Process) => Promise<T>, onOk: (answer: T) => void): Promise<void> {
    for (let attempt = 0; attempt < 8; attempt++) {
      const { process } = this;
      const outcome = await Promise.race([
        request(process).then((answer) => ({ answer }), (error: unknown) => ({ error })),
        process.steps.died.then(() => undefined),
      ]);
      if (outcome === undefined) {
        this.process = this.#boot({});
        for (const id of this.started) assert.equal(this.process.desk.status({ transaction_id: id }).status, "OK");
        await this.process.desk.recover();
        continue;
      }
      if ("answer" in outcome) return onOk(outcome.answer);
      assert.ok(outcome.error instanceof TransactionError);
      assert.notEqual(outcome.error.code, "INTERNAL", outcome.error.message);
    }
    assert.fail("no attempt was answered with OK");
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

/** Two transactions, the second of which finds whatever the first has left, with trouble in the first process. */
async function scenario(trouble: Trouble, closingLooks = 0): Promise<StepName[]> {
  await using world = new World();
  world.meter.closingLooks = closingLooks;
  const client = new Client(world, trouble);
  const { steps } = client;
  const answers: string[] = [];
  for (const id of ["tx-1", "tx-2"]) {
    await client.start(id);
    answers.push(await client.stop(id));
  }
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
  assert.equal(records.filter(({ verdict }) => verdict?.signature === "valid").length, records.length);
  assert.equal(journal.openTransactions("evse-1").length, 0);
  for (const [index, id] of ["tx-1", "tx-2"].entries()) {
    const stored = records.filter(({ transactionId }) => transactionId === id);
    assert.deepEqual(stored.map(({ ocmf }) => textOf(ocmf)), [answers[index]]);
    assert.equal((await desk.stop({ transaction_id: id })).signed_meter_value?.signed_meter_data, answers[index]);
    await assert.rejects(desk.start(startRequest(id)), { code: "TRANSACTION_FINISHED" });
  }
  return steps;
}

Deno.test("TransactionDesk loses and doubles nothing when the process dies at any failpoint", async (t) => {
  for (const failpoint of failpoints) {
    await t.step(failpoint, async () => void await scenario({ failpoint }));
  }
});

Deno.test("TransactionDesk loses and doubles nothing when any one step goes wrong in any way", async (t) => {
  const steps = await scenario({}, 2);
  assert.ok(steps.length > 15);
  for (const [call, step] of steps.entries()) {
    for (const mishap of mishaps) {
      await t.step(
        `${call} ${step} ${mishap}`,
        async () => void await scenario({ mishaps: new Map([[call, mishap]]) }, 2),
      );
    }
  }
});

Deno.test("TransactionDesk loses and doubles nothing when several steps go wrong", async () => {
  const trouble = fc.uniqueArray(fc.tuple(fc.nat(24), fc.constantFrom(...mishaps)), {
    selector: ([call]) => call,
    minLength: 2,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(trouble, fc.nat(3), async (mishapsAt, closingLooks) => {
      await scenario({ mishaps: new Map(mishapsAt) }, closingLooks);
      await setImmediate();
    }),
    { numRuns: 100 },
  );
});
