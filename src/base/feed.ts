/**
 * News that travels upward: a lower module pushes, one higher module iterates. Nothing pushed before `close` is lost,
 * and a feed that nobody iterates yet keeps what was pushed.
 */
export class Feed<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #closed = false;
  #wake: (() => void) | undefined;

  /** Adds an item; after `close` it is ignored. */
  push(item: T): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.#wake?.();
  }

  /** Ends the iteration once all that was pushed is delivered. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** Delivers each item once, to one reader. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    while (true) {
      const batch = this.#items;
      this.#items = [];
      yield* batch;
      if (this.#items.length > 0) continue;
      if (this.#closed) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = undefined;
    }
  }
}
