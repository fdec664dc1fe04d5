import { backOffMs } from "../base/back_off.ts";
import type { MeterSettings } from "../base/meter_settings.ts";
import { LineError } from "../line/mod.ts";
import { ModbusError } from "../modbus/mod.ts";

/** What the pauses of a meter depend on. */
export type RetryPauseOptions = Pick<MeterSettings, "communicationRetryDelayMs" | "communicationErrorPauseDelayS">;

/**
 * The pause of a meter after a failure. A silent meter may be dead: the long pause keeps its line free. A meter with
 * damaged answers or refusals is connected: it is retried soon, with growing pauses.
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

  /** Whether the last failure showed that the meter is connected. */
  get answersBadly(): boolean {
    return this.#badRounds > 0;
  }

  /** Call it when a round has ended with a failure. */
  failed(failure: unknown): void {
    const isThere = failure instanceof ModbusError || failure instanceof LineError && failure.damaged;
    this.#badRounds = isThere ? this.#badRounds + 1 : 0;
  }

  /** Call it when the meter was read. */
  worked(): void {
    this.#badRounds = 0;
  }

  /** Milliseconds until the next attempt. */
  get firstMs(): number {
    if (!this.answersBadly) return this.longestMs;
    return backOffMs(this.#badRounds, { firstMs: this.#shortestMs, longestMs: this.longestMs });
  }
}
