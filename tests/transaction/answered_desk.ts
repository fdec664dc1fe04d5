import { TransactionApi } from "../../src/contract/mod.ts";
import type { OcmfState } from "../../src/meter/mod.ts";
import { TransactionDesk } from "../../src/transaction/mod.ts";

/** The transactions of one meter, with the JSON of clients as requests and answers. */
export class AnsweredDesk extends TransactionApi {
  readonly #desk: TransactionDesk;

  constructor(...options: ConstructorParameters<typeof TransactionDesk>) {
    const desk = new TransactionDesk(...options);
    super(desk);
    this.#desk = desk;
  }

  get events(): TransactionDesk["events"] {
    return this.#desk.events;
  }

  recover(): Promise<void> {
    return this.#desk.recover();
  }

  observe(state: OcmfState): void {
    this.#desk.observe(state);
  }

  close(): Promise<void> {
    return this.#desk.close();
  }
}
