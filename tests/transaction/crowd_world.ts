import assert from "node:assert/strict";
import { TransactionError } from "../../src/transaction/mod.ts";
import type { MishapPlan } from "./crash_client.ts";
import type { Mishap } from "./scripted_steps.ts";
import { type Process, startRequest, textOf, World } from "./world.ts";

/** A request of one of several clients. */
export interface CrowdRequest {
  /** The request is sent at the occasion with this number, during another request. */
  readonly at: number;
  readonly what: "start" | "stop";
  /** An empty id is only for stops. */
  readonly id: string;
  /** Whether its caller has a short timeout. */
  readonly hurried: boolean;
}

/** The requests of clients that do not wait for each other, and the failures. */
export interface CrowdCase {
  readonly requests: readonly CrowdRequest[];
  readonly mishapPlan: MishapPlan;
  /** Number of reads of the OCMF state that still return RUNNING after an 'E'. */
  readonly closingChecks: number;
}

/** Runs a world and asserts that no record was lost, duplicated or stored under another transaction. */
export async function runCrowdCase({ requests, mishapPlan, closingChecks }: CrowdCase): Promise<void> {
  await using world = new World();
  world.meter.closingChecks = closingChecks;
  const crowd = new Crowd(world, requests, mishapPlan);
  await crowd.run();

  const { transactions, journal } = world.running;
  const records = journal.records();
  const made = world.meter.made.map(textOf);
  assert.deepEqual(records.map(({ ocmf }) => textOf(ocmf)), made, "each record once, as it was made");
  assert.deepEqual(world.meter.erased.map(textOf), made, "each file erased once");
  assert.equal(world.meter.state, "NOT_READY");
  assert.equal(journal.openTransactions("evse-1").length, 0);
  assert.deepEqual(records.filter(({ verdict }) => verdict?.signature !== "valid" || verdict.session !== "ok"), []);
  for (const id of crowd.started) assert.equal(journal.records({ transactionId: id }).length, 1, `record of ${id}`);
  for (const [id, text] of crowd.stopped) {
    const answer = await transactions.stop({ transaction_id: id });
    assert.equal(answer.signed_meter_value?.signed_meter_data, text, `repeated stop of ${id}`);
    assert.ok(text.includes(`<=>${id}"`), `the record of ${id} names it`);
  }
}

class Crowd {
  /** Transactions whose start was answered with OK. */
  readonly started = new Set<string>();
  /** Records in the answers to stops. */
  readonly stopped: [id: string, text: string][] = [];
  readonly #world: World;
  readonly #asked = new Set<Promise<void>>();
  #requests: CrowdRequest[];
  #mishapPlan: MishapPlan;
  #occasions = 0;
  #process: Process;

  constructor(world: World, requests: readonly CrowdRequest[], mishapPlan: MishapPlan) {
    this.#world = world;
    this.#requests = requests.toSorted((one, other) => one.at - other.at);
    this.#mishapPlan = mishapPlan;
    this.#process = this.#boot();
  }

  /** Sends every request, also across crashes, and then ends open transactions. */
  async run(): Promise<void> {
    do {
      const next = this.#requests.shift();
      if (next !== undefined) this.#send(next);
      while (this.#asked.size > 0) await Promise.race([Promise.all(this.#asked), this.#revived()]);
    } while (this.#requests.length > 0);
    this.#mishapPlan = new Map();
    await this.#revived(Promise.resolve());
    await this.#process.transactions.recover();
    await this.#process.transactions.stop({ transaction_id: "" });
    await this.#process.transactions.recover();
  }

  /** Resolves when the process has ended, or at `atLatest`, and another one has replaced it. */
  async #revived(atLatest: Promise<void> = this.#process.steps.died): Promise<void> {
    await Promise.race([this.#process.steps.died, atLatest]);
    while (this.#process.steps.dead) {
      this.#asked.clear();
      this.#process = this.#boot();
      await Promise.race([this.#process.transactions.recover(), this.#process.steps.died]);
    }
  }

  #send({ what, id, hurried }: CrowdRequest): void {
    const { transactions } = this.#process;
    const untilMs = hurried ? this.#world.time.mono() + 50 : undefined;
    const asked =
      (what === "start"
        ? this.#start(transactions.start(startRequest(id), untilMs), id)
        : this.#stop(transactions.stop({ transaction_id: id }, untilMs), id)).catch((error: unknown) => {
          assert.ok(error instanceof TransactionError && error.code !== "INTERNAL", String(error));
        }).finally(() => this.#asked.delete(asked));
    this.#asked.add(asked);
  }

  async #start(answer: ReturnType<Process["transactions"]["start"]>, id: string): Promise<void> {
    await answer;
    this.started.add(id);
  }

  async #stop(answer: ReturnType<Process["transactions"]["stop"]>, id: string): Promise<void> {
    const { signed_meter_value: value } = await answer;
    if (id !== "") this.stopped.push([id, value?.signed_meter_data ?? ""]);
  }

  #boot(): Process {
    const process: Process = this.#world.boot({
      failpoint: () => this.#next(process) === undefined ? undefined : process.steps.die(),
    });
    process.steps.mishapAt = () => this.#next(process);
    return process;
  }

  #next(process: Process): Mishap | undefined {
    const occasion = this.#occasions++;
    if (process === this.#process) {
      const due = this.#requests.filter(({ at }) => at <= occasion);
      this.#requests = this.#requests.filter(({ at }) => at > occasion);
      for (const request of due) this.#send(request);
    }
    return this.#mishapPlan.get(occasion);
  }
}
