/**
 * What the meter holds for ids that the journal does not know. One look for each connection of the line is enough: what
 * begins later is either begun here, and in the journal, or found by the recovery.
 */
export class HeldIdCache {
  #connection: number | undefined;
  #held: string | undefined;

  /** Remembers which id the meter holds, if any. */
  remember(connection: number, held: string | undefined): void {
    this.#connection = connection;
    this.#held = held;
  }

  /** Whether the meter was asked on this connection and does not hold `id`. */
  rulesOut(connection: number, id: string): boolean {
    return this.#connection === connection && this.#held !== id;
  }
}
