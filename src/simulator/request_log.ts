/** One request on the line, and its result. */
export interface LoggedRequest {
  /** 0 is a broadcast. */
  readonly unit: number;
  readonly kind: "read" | "write" | "other";
  /** First register; 0 for kind `other`. */
  readonly address: number;
  /** Number of registers to read or write; 0 for kind `other`. */
  readonly words: number;
  /** Written bytes, two per word; empty for a read. */
  readonly written: Uint8Array;
  /**
   * `answered` or `refused` (with an exception) by the meter; `silent`: unknown unit, a broadcast, a meter without
   * power, or a lost request.
   */
  readonly outcome: "answered" | "refused" | "silent";
  /** Number of the exception if refused. */
  readonly exception?: number;
  /** The misbehaviour of this request. */
  readonly misbehaviour?: string;
  /** Time in monotonic milliseconds at which its last byte was read from the pseudo-terminal. */
  readonly atMs: number;
}

/** The requests on a line, in order. */
export class RequestLog {
  readonly #maxEntries: number;
  readonly #entries: LoggedRequest[] = [];
  readonly #waiting = new Set<{ test: (entry: LoggedRequest) => boolean; resolve: (entry: LoggedRequest) => void }>();

  /** @param maxEntries number of newest entries to keep */
  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** The kept entries, oldest first. */
  get entries(): readonly LoggedRequest[] {
    return this.#entries;
  }

  /** Adds an entry. */
  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.#maxEntries) this.#entries.shift();
    for (const waiter of [...this.#waiting]) {
      if (!waiter.test(entry)) continue;
      this.#waiting.delete(waiter);
      waiter.resolve(entry);
    }
  }

  /** Removes all entries. Pending calls of `next` stay pending. */
  clear(): void {
    this.#entries.length = 0;
  }

  /** Returns the next request that `test` accepts. */
  next(test: (entry: LoggedRequest) => boolean = () => true): Promise<LoggedRequest> {
    return new Promise((resolve) => this.#waiting.add({ test, resolve }));
  }
}
