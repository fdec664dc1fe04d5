/** Requests without a single byte that it takes at least. */
const fewest = 3;
/** Reconnecting that did not help is tried after twice as many, up to this. */
const most = 48;

/**
 * Tells when it is the gateway that has fallen silent, and not a meter: one that lost its power closes no connection.
 * That is when nothing at all came for some requests in a row, among them one to each unit that was ever heard.
 */
export class GatewayWatch {
  readonly #heard = new Set<number>();
  readonly #silent = new Set<number>();
  #count = 0;
  #patience = fewest;

  /** Something came after a request to `unit`. */
  heard(unit: number): void {
    this.#heard.add(unit);
    this.#begin();
    this.#patience = fewest;
  }

  /** Nothing came after a request to `unit`. @returns whether to connect again */
  silent(unit: number): boolean {
    this.#silent.add(unit);
    this.#count++;
    if (this.#count < this.#patience || !this.#heard.isSubsetOf(this.#silent)) return false;
    this.#begin();
    this.#patience = Math.min(2 * this.#patience, most);
    return true;
  }

  #begin(): void {
    this.#silent.clear();
    this.#count = 0;
  }
}
