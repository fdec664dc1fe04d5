import type { Time } from "../base/time.ts";

/** Milliseconds for which requests are handled before other work gets its turn. */
const sliceMs = 5;

/** Default limit of the waiting bytes. */
const usualCapacityBytes = 64_000_000;

/** Memory of an item in addition to its data. */
const itemBytes = 300;

interface Item<T> {
  readonly content: T;
  readonly bytes: number;
}

/**
 * Handles items in order of arrival, but only for some milliseconds at a time. The runtime delivers everything that has
 * arrived on a connection before it runs timers. Without this limit, a client that floods the connection would stop all
 * lines of this process.
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
   * Handles an item: now if there is time, otherwise in its turn.
   *
   * @param dataBytes size of its data
   * @returns false: there is no room for it
   */
  add(content: T, dataBytes: number): boolean {
    if (this.#turns === undefined) {
      this.#sliceEndsMs = this.#time.mono() + sliceMs;
      this.#turns = this.#handleInSlices();
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

  async #handleInSlices(): Promise<void> {
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
      // Immediate answers are sent now and count as work
      await Promise.resolve();
    }
    this.#items = this.#first === this.#items.length ? [] : this.#items.slice(this.#first);
    this.#first = 0;
  }
}
