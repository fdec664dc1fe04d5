import { AbortCalls } from "../base/abort_calls.ts";

interface Waiter {
  /** The connection that the caller already knows. */
  readonly after: number;
  readonly resolve: (connection: number) => void;
}

/** Counts the openings of a line; any number of callers can wait for the next one. */
export class Connections {
  readonly #aborts = new AbortCalls();
  readonly #waiters = new Set<Waiter>();
  #number = 0;
  #open = false;

  /** 0 before the first opening, incremented at each opening, unchanged while the line is closed. */
  get number(): number {
    return this.#number;
  }

  /** Call it when the line was opened. */
  opened(): void {
    this.#number++;
    this.#open = true;
    for (const waiter of this.#waiters) {
      if (this.#number <= waiter.after) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(this.#number);
    }
  }

  /** Call it when the line was closed. */
  closed(): void {
    this.#open = false;
  }

  /** See `Bus.connected`. */
  connected(after: number, signal?: AbortSignal): Promise<number> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#open && this.#number > after) return Promise.resolve(this.#number);
    return new Promise((resolve, reject) => {
      const unwatch = signal && this.#aborts.watch(signal, () => {
        this.#waiters.delete(waiter);
        reject(signal.reason);
      });
      const waiter: Waiter = {
        after,
        resolve: (connection) => {
          unwatch?.();
          resolve(connection);
        },
      };
      this.#waiters.add(waiter);
    });
  }
}
