import assert from "node:assert/strict";
import { type Failpoint, TransactionError } from "../../src/transaction/mod.ts";
import type { Mishap, StepName } from "./scripted_steps.ts";
import { type Process, startRequest, textOf, type World } from "./world.ts";

/** An occasion for a failure: a step on the line, or a failpoint, at which a process can only end. */
export interface Occasion {
  readonly kind: "step" | "failpoint";
  readonly name: StepName | Failpoint;
}

/** The failures in a world, by the number of the occasion, counted from 0 across all processes. */
export type MishapPlan = ReadonlyMap<number, Mishap>;

/** Maximum number of repeats of a request: more than the failures in one world. */
const maxAttempts = 8;

/** A client that runs whole transactions across crashes and repeats requests without the answer OK. */
export class CrashClient {
  /** Transactions whose start was answered with OK. */
  readonly started = new Set<string>();
  /** All occasions so far. */
  readonly occasions: Occasion[] = [];
  readonly #world: World;
  #mishapPlan: MishapPlan;
  #process: Process;

  constructor(world: World, mishapPlan: MishapPlan) {
    this.#world = world;
    this.#mishapPlan = mishapPlan;
    this.#process = this.#boot();
  }

  async start(id: string): Promise<void> {
    await this.#untilOk(({ transactions }) => transactions.start(startRequest(id)));
    this.started.add(id);
  }

  /** @returns the returned record; "" if there was none */
  async stop(id: string): Promise<string> {
    const answer = await this.#untilOk(({ transactions }) => transactions.stop({ transaction_id: id }));
    return answer.signed_meter_value?.signed_meter_data ?? "";
  }

  /** The state of a transaction. */
  async state(id: string): Promise<string | undefined> {
    const { transactions } = await this.living();
    return transactions.status({ transaction_id: id }).transaction?.state;
  }

  /** The texts of the records of a transaction in the journal. */
  async records(id: string): Promise<string[]> {
    const { journal } = await this.living();
    return journal.records({ transactionId: id }).map(({ ocmf }) => textOf(ocmf));
  }

  /** Ends all failures and finishes the background work. */
  async settle(): Promise<void> {
    this.#mishapPlan = new Map();
    const { transactions } = await this.living();
    await transactions.recover();
  }

  /** The running process: a new one if the last one has ended, which can happen at any time. */
  async living(): Promise<Process> {
    while (this.#process.steps.dead) {
      const process = this.#process = this.#boot();
      for (const id of this.started) assert.equal(process.transactions.status({ transaction_id: id }).status, "OK");
      await Promise.race([process.transactions.recover(), process.steps.died]);
    }
    return this.#process;
  }

  async #untilOk<T>(request: (process: Process) => Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const process = await this.living();
      const outcome = await Promise.race([
        request(process).then((answer) => ({ answer }), (error: unknown) => ({ error })),
        process.steps.died.then(() => undefined),
      ]);
      if (outcome === undefined) continue;
      if ("answer" in outcome) return outcome.answer;
      assert.ok(outcome.error instanceof TransactionError);
      assert.notEqual(outcome.error.code, "INTERNAL", outcome.error.message);
    }
    return assert.fail("no attempt was answered with OK");
  }

  #boot(): Process {
    const process: Process = this.#world.boot({
      failpoint: (name) => this.#next({ kind: "failpoint", name }) === undefined ? undefined : process.steps.die(),
    });
    process.steps.mishapAt = (_call, name) => this.#next({ kind: "step", name });
    return process;
  }

  #next(occasion: Occasion): Mishap | undefined {
    return this.#mishapPlan.get(this.occasions.push(occasion) - 1);
  }
}
