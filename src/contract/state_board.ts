import { isDeepStrictEqual } from "node:util";
import type { Publish } from "./publisher.ts";

/** The last value of every state subject. It is published when it is set, and all of it when NATS comes back. */
export class StateBoard {
  readonly #publish: Publish;
  readonly #values = new Map<string, object>();

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  /** Whether this process has said anything on `subject`. */
  has(subject: string): boolean {
    return this.#values.has(subject);
  }

  set(subject: string, payload: object): void {
    this.#values.set(subject, payload);
    this.#publish(subject, payload);
  }

  /** Sets a payload that is news only when more than its timestamp changed. */
  change(subject: string, payload: { readonly timestamp: string }): void {
    const known = this.#values.get(subject);
    if (known === undefined || !isDeepStrictEqual({ ...known, timestamp: payload.timestamp }, payload)) {
      this.set(subject, payload);
    }
  }

  /** What changed while NATS was away is told now, and a state stream that was created just now is filled. */
  republish(): void {
    for (const [subject, payload] of this.#values) this.#publish(subject, payload);
  }

  /** Publishes the values of some subjects again, as far as there are any. */
  repeat(subjects: Iterable<string>): void {
    for (const subject of subjects) {
      const payload = this.#values.get(subject);
      if (payload !== undefined) this.#publish(subject, payload);
    }
  }
}
