import type { Meter } from "../meter/mod.ts";
import type { PublicKeyFormat } from "./payloads.ts";
import type { TransactionApi } from "./transaction_api.ts";

/** One meter and its transactions, as served over NATS. */
export interface ServedMeter {
  /** Token of the meter in subjects. */
  readonly name: string;
  readonly lineName: string;
  readonly meter: Pick<Meter, "identity" | "state" | "readNow">;
  readonly transactions: Pick<
    TransactionApi,
    "start" | "stop" | "isNeverRefused" | "status" | "acknowledge" | "current"
  >;
  readonly publicKeyFormat: PublicKeyFormat;
  /** Whether its readings have the opposite sign of the meter display. @default false */
  readonly invert?: boolean;
}
