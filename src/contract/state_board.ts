import { isDeepStrictEqual } from "node:util";
import type { Publish } from "./publisher.ts";

/** The last value of every state subject. A value is published when it is set; all are published after a reconnect. */
export class StateBoard {
  readonly #publish: Publish;
  readonly #values = new Map<string, object>();

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  /** Whether this process has set a value for `subject`. */
  has(subject: string): boolean {
    return this.#values.has(subject);
  }

  /** The value that this process has set for `subject`, if any. */
  get(subject: string): object | undefined {
    return this.#values.get(subject);
  }

  /** Forgets the value of a subject: it is not published again. */
  remove(subject: string): void {
    this.#values.delete(subject);
  }

  set(subject: string, payload: object): void {
    this.#values.set(subject, payload);
    this.#publish(subject, payload);
  }

  /** Sets a value if more than its timestamp has changed. */
  change(subject: string, payload: { readonly timestamp: string }): void {
    const known = this.#values.get(subject);
    if (known === undefined || !isDeepStrictEqual({ ...known, timestamp: payload.timestamp }, payload)) {
      this.set(subject, payload);
    }
  }

  /** Publishes all values: after a reconnect, or after the stream of states was created. */
  republish(): void {
    for (const [subject, payload] of this.#values) this.#publish(subject, payload);
  }

  /** Publishes the existing values of some subjects again. */
  repeat(subjects: Iterable<string>): void {
    for (const subject of subjects) {
      const payload = this.#values.get(subject);
      if (payload !== undefined) this.#publish(subject, payload);
    }
  }
}
