import { backOffMs } from "../base/back_off.ts";
import type { MeterSettings } from "../base/meter_settings.ts";
import { LineError } from "../line/mod.ts";
import { ModbusError } from "../modbus/mod.ts";

/** What the pauses of a meter depend on. */
export type RetryPauseOptions = Pick<MeterSettings, "communicationRetryDelayMs" | "communicationErrorPauseDelayS">;

/**
 * How long a meter is left alone after a failure. A silent one may be dead: the long pause keeps its line free. One that
 * answers, although damaged or with a refusal, is there: it is tried again soon, and less often the longer that lasts.
 */
export class RetryPause {
  readonly #shortestMs: number;
  /** The long pause in milliseconds. */
  readonly longestMs: number;
  #badRounds = 0;

  constructor({ communicationRetryDelayMs, communicationErrorPauseDelayS }: RetryPauseOptions) {
    this.#shortestMs = communicationRetryDelayMs;
    this.longestMs = communicationErrorPauseDelayS * 1000;
  }

  /** Whether the last failure showed that the meter is there. */
  get answersBadly(): boolean {
    return this.#badRounds > 0;
  }

  /** A round ended in a failure. */
  failed(failure: unknown): void {
    const isThere = failure instanceof ModbusError || failure instanceof LineError && failure.damaged;
    this.#badRounds = isThere ? this.#badRounds + 1 : 0;
  }

  /** The meter was read. */
  worked(): void {
    this.#badRounds = 0;
  }

  /** Milliseconds until the next try. */
  get firstMs(): number {
    if (!this.answersBadly) return this.longestMs;
    return backOffMs(this.#badRounds, { firstMs: this.#shortestMs, longestMs: this.longestMs });
  }
}
