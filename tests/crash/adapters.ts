import type { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";
import { stick } from "../support/stuck_device.ts";

/** The adapters of a site, which are unplugged, swap their names, and get stuck. */
export class Adapters {
  readonly #lines: readonly SimulatedLine[];
  /** The meters behind each adapter. */
  readonly #behind: (readonly SimulatedMeter[])[];
  readonly #stuck = new Set<() => void>();
  #isSwapped = false;
  #swapping: Promise<void> | undefined;

  /** @param behind the meters of each line; both lines have the same units */
  constructor(lines: readonly SimulatedLine[], behind: readonly (readonly SimulatedMeter[])[]) {
    this.#lines = lines;
    this.#behind = [...behind];
  }

  /** Unplugs an adapter. @returns a function that plugs it in again */
  async unplug(line: SimulatedLine): Promise<() => void> {
    await line.unplug();
    return () => {
      // A swap plugs in an unplugged adapter
      if (this.#swapping === undefined) line.plug();
    };
  }

  /**
   * Swaps the names of the adapters, as after a reset of their hub. The device that a link names is
   * then a new one, and the meters of the other adapter answer there.
   */
  async swap(): Promise<void> {
    while (this.#swapping !== undefined) await this.#swapping;
    this.#swapping = this.#swap();
    await this.#swapping;
    this.#swapping = undefined;
    for (const line of this.#lines) line.plug();
  }

  /** Makes an adapter accept no more bytes. @returns a function that makes it accept bytes again */
  stick(line: SimulatedLine): () => void {
    const letGo = line.path === undefined ? undefined : stick(line.path);
    if (letGo === undefined) return () => {};
    this.#stuck.add(letGo);
    return () => {
      if (this.#stuck.delete(letGo)) letGo();
    };
  }

  /** Connects every meter to its own adapter again. */
  async restore(): Promise<void> {
    for (const letGo of this.#stuck) letGo();
    this.#stuck.clear();
    if (this.#isSwapped) await this.swap();
  }

  async #swap(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.unplug()));
    this.#behind.reverse();
    this.#isSwapped = !this.#isSwapped;
    this.#lines.forEach((line, index) => this.#behind[index]?.forEach((meter) => line.add(meter)));
  }
}
