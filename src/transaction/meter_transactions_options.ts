import type { Log } from "../base/log.ts";
import type { PublicKeyFormat } from "../base/meter_settings.ts";
import type { Time } from "../base/time.ts";
import type { LiveJournal, StoredState } from "../journal/mod.ts";
import type { TransactionSteps } from "../meter/mod.ts";

/** Options and dependencies of the transactions of one meter. */
export interface MeterTransactionsOptions {
  readonly meter: TransactionSteps;
  readonly journal: LiveJournal;
  readonly publicKeyFormat: PublicKeyFormat;
  readonly time: Time;
  readonly log: Log;
}

/** The present transaction of a meter: the open one, otherwise the last one. */
export interface CurrentTransaction {
  readonly state: StoredState;
  readonly transactionId?: string;
}

/** An event of a meter's transactions. */
export type TransactionEvent =
  | ({ readonly kind: "state" } & CurrentTransaction)
  /** A record is in the outbox of the journal; `seq` is its number. */
  | { readonly kind: "record"; readonly seq: number };
