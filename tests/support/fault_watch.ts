import type { NatsConnection } from "nats";

/** Receives the faults of a site, so that a test can wait for a set of them. */
export class FaultWatch {
  readonly #active = new Set<string>();
  #wake: () => void = () => {};

  constructor(client: NatsConnection) {
    client.subscribe("wattseal.test.*.fault.*", {
      callback: (_error, message) => {
        const name = message.subject.replace("wattseal.test.", "").replace(".fault", "");
        if (message.json<{ active: boolean }>().active) this.#active.add(name);
        else this.#active.delete(name);
        this.#wake();
      },
    });
  }

  /** Waits until exactly these faults are raised: `_node.JournalFailed`, sorted by name. */
  async until(...names: string[]): Promise<void> {
    while ([...this.#active].sort().join() !== names.join()) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Waits until this fault is raised, independent of other faults. */
  async untilRaised(name: string): Promise<void> {
    while (!this.#active.has(name)) await new Promise<void>((resolve) => this.#wake = resolve);
  }
}
