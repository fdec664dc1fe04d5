import type { NatsConnection } from "nats";

/** Follows the faults of a site, so that a test can wait for a set of them. */
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

  /** Waits until these faults are raised and no other: `_node.JournalFailed`, in the order of their names. */
  async until(...names: string[]): Promise<void> {
    while ([...this.#active].sort().join() !== names.join()) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Waits until this fault is raised, whatever others there are. */
  async untilRaised(name: string): Promise<void> {
    while (!this.#active.has(name)) await new Promise<void>((resolve) => this.#wake = resolve);
  }
}
