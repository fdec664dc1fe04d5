import type { AbortCalls } from "../base/abort_calls.ts";
import type { AnswerShape } from "../modbus/mod.ts";
import type { Priority, TransferOptions } from "./bus.ts";
import { answerShape, type LineRequest } from "./line_request.ts";
import type { Outcome } from "./modbus_client.ts";

/** When one exchange may start, in addition to the options of its transfer. */
export interface Start {
  /** An immediate repeat comes before other work of its priority. */
  readonly repeat: boolean;
  /** Monotonic time in milliseconds before which it must not start. */
  readonly notBefore: number;
}

/** Result of one exchange, or that it was not sent because the line is open with another connection. */
export type WorkResult = Outcome | { readonly kind: "reopened" };

/** Reasons of a line to delay an exchange. */
export interface LineRules {
  /** Time until which no request with such an answer may be sent; undefined: it may be sent now. */
  heldUntil(shape: AnswerShape): number | undefined;
  /** Time until which a unit that needs a pause must not be used; undefined: it needs no pause. */
  restsUntil(unit: number, minPauseMs: number): number | undefined;
  /** How long all other work comes first: its unit did not answer last time. */
  yieldMs(unit: number, priority: Priority): number | undefined;
}

/** One exchange that waits for its turn. */
export class LineWork {
  readonly request: LineRequest;
  readonly options: TransferOptions;
  /** See {@linkcode Start}. */
  readonly repeat: boolean;
  /** Shape of its answer. */
  readonly shape: AnswerShape;
  readonly #notBefore: number;
  readonly #rules: LineRules;
  readonly #freeAt: number;
  readonly #settled = Promise.withResolvers<WorkResult>();
  #unwatch: (() => void) | undefined;

  /** @param now monotonic milliseconds */
  constructor(
    request: LineRequest,
    options: TransferOptions,
    { repeat, notBefore }: Start,
    rules: LineRules,
    now: number,
  ) {
    this.request = request;
    this.options = options;
    this.repeat = repeat;
    this.shape = answerShape(request);
    this.#notBefore = notBefore;
    this.#rules = rules;
    this.#freeAt = Math.max(now, notBefore);
  }

  /** The result; rejects with the reason of the signal if it is aborted while this waits. */
  get result(): Promise<WorkResult> {
    return this.#settled.promise;
  }

  /** Monotonic time before which it must not start. */
  heldUntil(): number {
    const { minPauseMs } = this.options;
    const held = Math.max(this.#notBefore, this.#rules.heldUntil(this.shape) ?? 0);
    if (minPauseMs === undefined) return held;
    return Math.max(held, this.#rules.restsUntil(this.request.unit, minPauseMs) ?? 0);
  }

  /** Monotonic time until which all other work comes first: its unit did not answer last time. */
  yieldsUntil(): number | undefined {
    const yieldMs = this.#rules.yieldMs(this.request.unit, this.options.priority);
    return yieldMs === undefined ? undefined : Math.max(this.#freeAt, this.heldUntil()) + yieldMs;
  }

  /** Rejects with the reason of its signal when that is aborted, if `remove` can still remove it from its queue. */
  watch(aborts: AbortCalls, remove: () => boolean): void {
    const { signal } = this.options;
    this.#unwatch = signal && aborts.watch(signal, () => {
      if (remove()) this.#settled.reject(signal.reason);
    });
  }

  /** Rejects if its signal is aborted already. @returns whether it has */
  rejectIfAborted(): boolean {
    const { signal } = this.options;
    if (signal?.aborted !== true) return false;
    this.#settled.reject(signal.reason);
    return true;
  }

  settle(result: WorkResult): void {
    this.#unwatch?.();
    this.#settled.resolve(result);
  }
}
