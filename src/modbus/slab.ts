const slabBytes = 16_384;

/** Gives out small buffers that are parts of a big one: one of their own each would cost more than what goes into it. */
export class Slab {
  #bytes = new Uint8Array(slabBytes);
  #used = 0;

  /** A buffer that nobody else has. */
  take(length: number): Uint8Array {
    if (this.#used + length > this.#bytes.length) {
      this.#bytes = new Uint8Array(Math.max(slabBytes, length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    return this.#bytes.subarray(start, this.#used);
  }
}
