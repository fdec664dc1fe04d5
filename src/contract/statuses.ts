import type { Time } from "../base/time.ts";
import type { MeterState } from "../meter/mod.ts";
import { statusPayload } from "./payloads.ts";
import type { MeterPost } from "./posts.ts";
import type { StatusPayload } from "./schemas.ts";

/** The status of each meter, and since when it is in its state. */
export class Statuses {
  readonly #now: Time["now"];
  readonly #since = new Map<MeterPost, { readonly state: MeterState; readonly sinceMs: number }>();

  /** @param now wall clock in milliseconds */
  constructor(now: Time["now"]) {
    this.#now = now;
  }

  /** The status now. @param state the meter's own unless named */
  of(post: MeterPost, state: MeterState = post.meter.state): StatusPayload {
    const atMs = this.#now();
    let known = this.#since.get(post);
    if (known?.state !== state) {
      known = { state, sinceMs: atMs };
      this.#since.set(post, known);
    }
    const { meter: { identity }, invert: inverted, transactions: { current: transaction } } = post;
    return statusPayload({ state, identity, inverted, transaction, sinceMs: known.sinceMs, atMs });
  }
}
