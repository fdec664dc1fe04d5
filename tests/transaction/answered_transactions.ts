import { TransactionApi } from "../../src/contract/mod.ts";
import type { OcmfState } from "../../src/meter/mod.ts";
import { type MeterTransactions, newMeterTransactions } from "../../src/transaction/mod.ts";

/** The transactions of one meter, with JSON requests and answers. */
export class AnsweredTransactions extends TransactionApi {
  readonly #transactions: MeterTransactions;

  constructor(...options: Parameters<typeof newMeterTransactions>) {
    const transactions = newMeterTransactions(...options);
    super(transactions);
    this.#transactions = transactions;
  }

  get events(): MeterTransactions["events"] {
    return this.#transactions.events;
  }

  recover(): Promise<void> {
    return this.#transactions.recover();
  }

  observe(state: OcmfState): void {
    this.#transactions.observe(state);
  }

  get isBusy(): boolean {
    return this.#transactions.isBusy;
  }

  notBusy(): Promise<void> {
    return this.#transactions.notBusy();
  }

  close(reason?: string): Promise<void> {
    return this.#transactions.close(reason);
  }
}
