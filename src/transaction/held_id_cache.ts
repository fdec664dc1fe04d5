/**
 * The transaction id on the meter, for requests with ids that are not in the journal. One read for each connection of
 * the line is enough: later transactions are begun here and are in the journal, or recovery finds them.
 */
export class HeldIdCache {
  #connection: number | undefined;
  #held: string | undefined;

  /** Stores the id on the meter, if any. */
  remember(connection: number, held: string | undefined): void {
    this.#connection = connection;
    this.#held = held;
  }

  /** Whether the meter was read on this connection and does not have `id`. */
  rulesOut(connection: number, id: string): boolean {
    return this.#connection === connection && this.#held !== id;
  }
}
