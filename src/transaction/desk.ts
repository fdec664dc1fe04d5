import { Feed } from "../base/feed.ts";
import type { OcmfState } from "../meter/mod.ts";
import type { StartAnswer, StatusAnswer, StopAnswer } from "./answers.ts";
import type { CurrentTransaction, DeskOptions, TransactionEvent } from "./desk_options.ts";

/** The transactions of one meter. */
export class TransactionDesk {
  /** News of the transactions: one reader. */
  readonly events: Feed<TransactionEvent> = new Feed<TransactionEvent>();
  readonly #options: DeskOptions;
  constructor(options: DeskOptions) {
    this.#options = options;
  }
  /** The open transaction, else the last. */
  get current(): CurrentTransaction {
    return { state: "idle" };
  }
  /** @throws {TransactionError} */
  start(_request: unknown): Promise<StartAnswer> {
    return Promise.reject(new Error(this.#options.meter.name));
  }
  /** @throws {TransactionError} */
  stop(_request: unknown): Promise<StopAnswer> {
    return Promise.reject(new Error("x"));
  }
  /** @throws {TransactionError} */
  status(_request: unknown): StatusAnswer {
    return { status: "OK" };
  }
  /** Finds again what the meter holds. Never throws. */
  recover(): Promise<void> {
    return Promise.resolve();
  }
  /** Takes what the monitor read. */
  observe(_state: OcmfState): void {}
  /** Finishes what is under way. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
