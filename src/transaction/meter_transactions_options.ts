import type { Log } from "../base/log.ts";
import type { PublicKeyFormat } from "../base/meter_settings.ts";
import type { Time } from "../base/time.ts";
import type { LiveJournal, StoredState } from "../journal/mod.ts";
import type { TransactionSteps } from "../meter/mod.ts";

/** What the transactions of one meter need. */
export interface MeterTransactionsOptions {
  readonly meter: TransactionSteps;
  readonly journal: LiveJournal;
  readonly publicKeyFormat: PublicKeyFormat;
  readonly time: Time;
  readonly log: Log;
}

/** The transaction that a meter is concerned with: the open one, else the last. */
export interface CurrentTransaction {
  readonly state: StoredState;
  readonly transactionId?: string;
}

/** News of a meter's transactions, in the order in which it happened. */
export type TransactionEvent =
  | ({ readonly kind: "state" } & CurrentTransaction)
  /** A record lies in the journal's outbox; `seq` is its number there. */
  | { readonly kind: "record"; readonly seq: number };
