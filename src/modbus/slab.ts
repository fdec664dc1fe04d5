const slabBytes = 16_384;

/** Allocates small buffers as parts of a large one, because separate small buffers are expensive. */
export class Slab {
  #bytes = new Uint8Array(slabBytes);
  #used = 0;

  /** Returns an unused buffer. */
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
