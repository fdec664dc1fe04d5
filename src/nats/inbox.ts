import type { Time } from "../base/time.ts";

/** How long requests are handled before everything else gets its turn, in milliseconds. */
const sliceMs = 5;

/** What may wait, in bytes. */
const usualCapacityBytes = 64_000_000;

/** What an item takes beside its data. */
const itemBytes = 300;

interface Item<T> {
  readonly content: T;
  readonly bytes: number;
}

/**
 * Has items handled in the order of their arrival, but only for some milliseconds at a time. The runtime delivers all
 * that has arrived on a connection before it lets timers run: whoever floods the connection would stop every line of
 * this process.
 */
export class Inbox<T> {
  readonly #handle: (content: T) => void;
  readonly #time: Time;
  readonly #capacityBytes: number;
  #items: Item<T>[] = [];
  #first = 0;
  #bytes = 0;
  #sliceEndsMs = 0;
  #turns: Promise<void> | undefined;

  /** @param handle must not throw */
  constructor(handle: (content: T) => void, time: Time, capacityBytes: number = usualCapacityBytes) {
    this.#handle = handle;
    this.#time = time;
    this.#capacityBytes = capacityBytes;
  }

  /**
   * Has an item handled: now, while there is time, else in its turn.
   *
   * @param dataBytes size of its data
   * @returns false when there is no room for it
   */
  add(content: T, dataBytes: number): boolean {
    if (this.#turns === undefined) {
      this.#sliceEndsMs = this.#time.mono() + sliceMs;
      this.#turns = this.#takeTurns();
    }
    if (this.#first === this.#items.length && this.#time.mono() < this.#sliceEndsMs) {
      this.#handle(content);
      return true;
    }
    const bytes = dataBytes + itemBytes;
    if (this.#bytes + bytes > this.#capacityBytes) return false;
    this.#bytes += bytes;
    this.#items.push({ content, bytes });
    return true;
  }

  /** Resolves when everything that was added has been handled. */
  async emptied(): Promise<void> {
    while (this.#first < this.#items.length) await this.#turns;
  }

  async #takeTurns(): Promise<void> {
    do {
      await this.#time.sleep(0);
      this.#sliceEndsMs = this.#time.mono() + sliceMs;
      await this.#handleSome();
    } while (this.#items.length > 0);
    this.#turns = undefined;
  }

  async #handleSome(): Promise<void> {
    while (this.#first < this.#items.length && this.#time.mono() < this.#sliceEndsMs) {
      const item = this.#items[this.#first++];
      if (item === undefined) continue;
      this.#bytes -= item.bytes;
      this.#handle(item.content);
      // What was answered at once is sent now, and counts as work
      await Promise.resolve();
    }
    this.#items = this.#first === this.#items.length ? [] : this.#items.slice(this.#first);
    this.#first = 0;
  }
}
