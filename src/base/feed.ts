/**
 * Passes events from a lower module, which pushes, to one higher module, which iterates. Items that are pushed before
 * `close` are never lost; the feed stores them until the iteration begins.
 */
export class Feed<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #closed = false;
  #wake: (() => void) | undefined;

  /** Adds an item. Has no effect after `close`. */
  push(item: T): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.#wake?.();
  }

  /** Ends the iteration after all items are delivered. */
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
