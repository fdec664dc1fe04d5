import type { AbortCalls } from "../base/abort_calls.ts";
import type { AnswerShape } from "../modbus/mod.ts";
import type { Priority } from "./bus.ts";
import { answerShape, type LineRequest } from "./line_request.ts";
import type { LineQueue, Waiting } from "./line_queue.ts";
import type { ModbusClient, Outcome } from "./modbus_client.ts";

/** One exchange that a transfer requests. */
export interface WorkPlan {
  readonly request: LineRequest;
  readonly priority: Priority;
  /** See `TransferOptions`. */
  readonly deadline: number | undefined;
  /** See `TransferOptions`. */
  readonly connection: number | undefined;
  /** An immediate repeat comes before other work of its priority. */
  readonly repeat: boolean;
  /** Monotonic time in milliseconds before which it must not start. */
  readonly notBefore: number;
  /** See `TransferOptions`. */
  readonly leastPauseMs?: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Sends the request. */
  run(client: ModbusClient): Promise<Outcome>;
}

/** Result of one exchange, or that it was not sent: the line was closed before, or is open with another connection. */
export type WorkResult =
  | Outcome
  | { readonly kind: "closed"; readonly error: unknown }
  | { readonly kind: "reopened" };

/** Reasons of a line to delay an exchange. */
export interface LineRules {
  /** Time until which no request with such an answer may be sent; undefined: it may be sent now. */
  heldUntil(shape: AnswerShape): number | undefined;
  /** Time until which a unit that needs a pause must not be used; undefined: it needs no pause. */
  restsUntil(unit: number, leastPauseMs: number): number | undefined;
  /** How long all other work comes first: its unit did not answer last time. */
  yieldMs(unit: number, priority: Priority): number | undefined;
}

/** One exchange that waits for its turn. */
export class LineWork implements Waiting {
  readonly plan: WorkPlan;
  /** Shape of its answer. */
  readonly shape: AnswerShape;
  readonly #rules: LineRules;
  readonly #freeAt: number;
  readonly #settled = Promise.withResolvers<WorkResult>();
  #unwatch: (() => void) | undefined;

  /** @param now monotonic milliseconds */
  constructor(plan: WorkPlan, rules: LineRules, now: number) {
    this.plan = plan;
    this.shape = answerShape(plan.request);
    this.#rules = rules;
    this.#freeAt = Math.max(now, plan.notBefore);
  }

  get priority(): Priority {
    return this.plan.priority;
  }

  get deadline(): number | undefined {
    return this.plan.deadline;
  }

  get repeat(): boolean {
    return this.plan.repeat;
  }

  /** The result; rejects with the reason of the signal if it is aborted while this waits. */
  get result(): Promise<WorkResult> {
    return this.#settled.promise;
  }

  heldUntil(): number {
    const { notBefore, leastPauseMs, request } = this.plan;
    const held = Math.max(notBefore, this.#rules.heldUntil(this.shape) ?? 0);
    return leastPauseMs === undefined ? held : Math.max(held, this.#rules.restsUntil(request.unit, leastPauseMs) ?? 0);
  }

  yieldsUntil(): number | undefined {
    const { request, priority } = this.plan;
    const yieldMs = this.#rules.yieldMs(request.unit, priority);
    return yieldMs === undefined ? undefined : Math.max(this.#freeAt, this.heldUntil()) + yieldMs;
  }

  /** Adds it to the queue; its signal removes it. */
  wait(queue: LineQueue<LineWork>, aborts: AbortCalls): void {
    const { signal } = this.plan;
    this.#unwatch = signal && aborts.watch(signal, () => {
      if (queue.remove(this)) this.#settled.reject(signal.reason);
    });
    queue.add(this);
  }

  /** Returns it to the queue, unless its signal is aborted. */
  returnTo(queue: LineQueue<LineWork>): void {
    const { signal } = this.plan;
    if (signal?.aborted) this.#settled.reject(signal.reason);
    else queue.restore(this);
  }

  settle(result: WorkResult): void {
    this.#unwatch?.();
    this.#settled.resolve(result);
  }
}
