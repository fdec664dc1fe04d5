import type { Meter } from "../meter/mod.ts";
import type { PublicKeyFormat } from "./payloads.ts";
import type { TransactionApi } from "./transaction_api.ts";

/** One meter as the bus serves it. */
export interface ServedMeter {
  /** Its token in subjects. */
  readonly name: string;
  readonly lineName: string;
  readonly meter: Pick<Meter, "identity" | "state" | "readNow">;
  readonly transactions: Pick<
    TransactionApi,
    "start" | "stop" | "isNeverRefused" | "status" | "acknowledge" | "current"
  >;
  readonly publicKeyFormat: PublicKeyFormat;
  /** Whether its readings have the other sign than the meter shows. @default false */
  readonly invert?: boolean;
}
