/** The most bytes before an echo that count as turnaround noise. */
const maxNoiseBytes = 8;

/** State of the search for an echo. */
export type EchoState =
  /** The echo is complete; `rest` are the bytes after it. */
  | { readonly kind: "through"; readonly rest: Uint8Array }
  /** The echo can still arrive. */
  | { readonly kind: "awaited" }
  /** The bytes are not the echo. */
  | { readonly kind: "wrong" };

/** Finds the echo of a request, after at most a few bytes of noise. */
export class Echo {
  readonly #request: Uint8Array;
  #received: Uint8Array = new Uint8Array(0);

  /** @param request must not change afterwards */
  constructor(request: Uint8Array) {
    this.#request = request;
  }

  /** Whether bytes have arrived that are not the beginning of the echo. */
  get differs(): boolean {
    return this.#received.length > 0 && !this.#fitsAt(0);
  }

  /** Adds received bytes. */
  take(bytes: Uint8Array): EchoState {
    this.#received = Uint8Array.of(...this.#received, ...bytes);
    for (let start = 0; start <= maxNoiseBytes; start++) {
      if (!this.#fitsAt(start)) continue;
      const end = start + this.#request.length;
      if (this.#received.length < end) return { kind: "awaited" };
      return { kind: "through", rest: this.#received.subarray(end) };
    }
    return { kind: "wrong" };
  }

  /** Whether the bytes from `start` match the beginning of the request. */
  #fitsAt(start: number): boolean {
    return this.#received.subarray(start, start + this.#request.length).every((byte, at) => byte === this.#request[at]);
  }
}
