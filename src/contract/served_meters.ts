import type { ServedMeter } from "./served_meter.ts";

/** The meters that this process serves now. */
export class ServedMeters implements Iterable<ServedMeter> {
  readonly #meters: Map<string, ServedMeter>;

  constructor(meters: Iterable<ServedMeter>) {
    this.#meters = new Map([...meters].map((served) => [served.name, served]));
  }

  /** Their names, in the order in which they were added. */
  get names(): string[] {
    return [...this.#meters.keys()];
  }

  has(name: string): boolean {
    return this.#meters.has(name);
  }

  get(name: string): ServedMeter | undefined {
    return this.#meters.get(name);
  }

  /** Adds a meter, or replaces the one of the same name. */
  set(served: ServedMeter): void {
    this.#meters.set(served.name, served);
  }

  /** Removes a meter and returns it; undefined: there was none of this name. */
  remove(name: string): ServedMeter | undefined {
    const served = this.#meters.get(name);
    this.#meters.delete(name);
    return served;
  }

  [Symbol.iterator](): Iterator<ServedMeter> {
    return this.#meters.values();
  }
}
