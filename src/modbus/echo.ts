/** Bytes before an echo that count as noise of the line's turnaround. */
const mostJunk = 8;

/** What has come while an echo is awaited. */
export type EchoState =
  /** The echo is through; `rest` are the bytes behind it. */
  | { readonly kind: "through"; readonly rest: Uint8Array }
  /** It may still come. */
  | { readonly kind: "awaited" }
  /** Nothing that came, or may come, is the echo. */
  | { readonly kind: "wrong" };

/** Finds the echo of a request, behind a few bytes of noise at most. */
export class Echo {
  readonly #request: Uint8Array;
  #received: Uint8Array = new Uint8Array(0);

  /** @param request not changed afterwards */
  constructor(request: Uint8Array) {
    this.#request = request;
  }

  /** Whether anything has come that is not the beginning of the echo. */
  get differs(): boolean {
    return this.#received.length > 0 && !this.#fitsAt(0);
  }

  /** Bytes that came. */
  take(bytes: Uint8Array): EchoState {
    this.#received = Uint8Array.of(...this.#received, ...bytes);
    for (let start = 0; start <= mostJunk; start++) {
      if (!this.#fitsAt(start)) continue;
      const end = start + this.#request.length;
      if (this.#received.length < end) return { kind: "awaited" };
      return { kind: "through", rest: this.#received.subarray(end) };
    }
    return { kind: "wrong" };
  }

  /** Whether what has come from `start` on agrees with the request, as far as it goes. */
  #fitsAt(start: number): boolean {
    return this.#received.subarray(start, start + this.#request.length).every((byte, at) => byte === this.#request[at]);
  }
}
