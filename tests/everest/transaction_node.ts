import type { FakeTime } from "../support/fake_time.ts";
import { record, startValue } from "./requests_of_meter.ts";
import type { NodeAnswer, NodeRequest } from "./scripted_node.ts";

/** What happens to the requests of a period. */
export interface Phase {
  /** Its length in milliseconds. */
  readonly lastsMs: number;
  /** No node serves the meter; a request or its reply is lost; or all is well. */
  readonly kind: "nobody" | "request lost" | "reply lost" | "fine";
}

/** How long a node works on requests, in milliseconds. */
export interface NodePace {
  /** Time before a start enters the queue: the service identifies the meter first. */
  readonly identifyMs: number;
  readonly workMs: number;
}

const startWaitMs = 4_000;
const never = new Promise<NodeAnswer>(() => {});

/** A node with one meter that carries out one request after the other, with interruptions. */
export class TransactionNode {
  /** The transaction that is open. */
  open: string | undefined;
  readonly ended = new Set<string>();
  readonly #time: FakeTime;
  readonly #phases: readonly Phase[];
  readonly #pace: NodePace;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(time: FakeTime, phases: readonly Phase[], pace: NodePace) {
    this.#time = time;
    this.#phases = phases;
    this.#pace = pace;
  }

  /** For {@linkcode ScriptedNode}. */
  readonly answer = async ({ what, body, atMs }: NodeRequest): Promise<NodeAnswer> => {
    const phase = this.#at(atMs);
    if (phase === "nobody") return "nobody";
    if (phase === "request lost") return await never;
    const id = String(body.transaction_id);
    const answer = what === "transaction.start"
      ? await this.#start(id, atMs)
      : await this.#inTurn(() => this.#stop(id));
    return phase === "reply lost" ? await never : answer;
  };

  async #start(id: string, atMs: number): Promise<object> {
    if (this.#pace.identifyMs > 0) await this.#time.sleep(this.#pace.identifyMs);
    return await this.#inTurn(() => {
      if (this.#time.mono() - atMs > startWaitMs) return refusal("TIMEOUT");
      if (this.ended.has(id)) return refusal("TRANSACTION_FINISHED");
      if (this.open !== undefined && this.open !== id) this.ended.add(this.open);
      this.open = id;
      return { status: "OK", transaction_id: id, signed_meter_value: startValue };
    });
  }

  #stop(id: string): object {
    if (id !== "" && this.open !== id && !this.ended.has(id)) return refusal("UNKNOWN_TRANSACTION");
    if (id === "" || this.open === id) {
      if (this.open !== undefined) this.ended.add(this.open);
      this.open = undefined;
    }
    return { status: "OK", signed_meter_value: record };
  }

  /** The effect comes first, and the answer after the work. */
  async #inTurn(work: () => object): Promise<object> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    const answer = work();
    await this.#time.sleep(this.#pace.workMs);
    resolve();
    return answer;
  }

  #at(atMs: number): Phase["kind"] {
    let untilMs = 0;
    for (const { lastsMs, kind } of this.#phases) {
      untilMs += lastsMs;
      if (atMs < untilMs) return kind;
    }
    return "fine";
  }
}

function refusal(code: string): object {
  return { status: "UNEXPECTED_ERROR", code, error: `refused: ${code}` };
}
