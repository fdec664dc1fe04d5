/** One request that was heard on the line, and what became of it. */
export interface LoggedRequest {
  /** 0 is a broadcast. */
  readonly unit: number;
  readonly kind: "read" | "write" | "other";
  /** First register; 0 for kind `other`. */
  readonly address: number;
  /** Registers asked for or written; 0 for kind `other`. */
  readonly words: number;
  /** What was written, two bytes a word; empty for a read. */
  readonly written: Uint8Array;
  /**
   * `answered` and `refused` (with an exception) by the meter; `silent`: no such unit, a broadcast, a meter without
   * power or a lost request.
   */
  readonly outcome: "answered" | "refused" | "silent";
  /** The exception's number when refused. */
  readonly exception?: number;
  /** The misbehaviour that hit it. */
  readonly misbehaviour?: string;
  /** Monotonic milliseconds when its last byte was read from the pseudo-terminal. */
  readonly atMs: number;
}

/** The requests of a line in the order in which they came. */
export class RequestLog {
  readonly #keep: number;
  readonly #entries: LoggedRequest[] = [];
  readonly #waiting = new Set<{ test: (entry: LoggedRequest) => boolean; resolve: (entry: LoggedRequest) => void }>();

  /** @param keep entries to keep, the newest ones */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** What is kept, oldest first. */
  get entries(): readonly LoggedRequest[] {
    return this.#entries;
  }

  /** Adds an entry. */
  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.#keep) this.#entries.shift();
    for (const waiter of [...this.#waiting]) {
      if (!waiter.test(entry)) continue;
      this.#waiting.delete(waiter);
      waiter.resolve(entry);
    }
  }

  /** Forgets what is kept; those that wait go on waiting. */
  clear(): void {
    this.#entries.length = 0;
  }

  /** The next request from now on that `test` accepts. */
  next(test: (entry: LoggedRequest) => boolean = () => true): Promise<LoggedRequest> {
    return new Promise((resolve) => this.#waiting.add({ test, resolve }));
  }
}
