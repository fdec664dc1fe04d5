import type { Time } from "../base/time.ts";
import type { MeterState } from "../meter/mod.ts";
import { statusPayload } from "./payloads.ts";
import type { ServedMeter } from "./served_meter.ts";
import type { StatusPayload } from "./meter_schemas.ts";

/** The status of each meter, with the time since when it is in its state. */
export class Statuses {
  readonly #now: Time["now"];
  readonly #since = new WeakMap<ServedMeter, { readonly state: MeterState; readonly sinceMs: number }>();

  /** @param now wall clock in milliseconds */
  constructor(now: Time["now"]) {
    this.#now = now;
  }

  /** The present status. @param state overrides the state of the meter */
  of(served: ServedMeter, state: MeterState = served.meter.state): StatusPayload {
    const atMs = this.#now();
    let known = this.#since.get(served);
    if (known?.state !== state) {
      known = { state, sinceMs: atMs };
      this.#since.set(served, known);
    }
    const { meter: { identity }, invert: inverted, transactions: { current: transaction } } = served;
    return statusPayload({ state, identity, inverted, transaction, sinceMs: known.sinceMs, atMs });
  }
}
