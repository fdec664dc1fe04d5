import type { MeterSettings } from "../base/meter_settings.ts";
import type { Meter } from "../meter/mod.ts";
import type { TransactionApi } from "./transaction_api.ts";

/** One meter and its transactions, as clients see them. */
export interface ServedMeter extends Pick<MeterSettings, "name" | "publicKeyFormat" | "invert"> {
  readonly lineName: string;
  readonly meter: Pick<Meter, "identity" | "state" | "readNow">;
  readonly transactions: Pick<TransactionApi, keyof TransactionApi>;
}
