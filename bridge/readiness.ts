import { flags, type Libc } from "./libc.ts";

/** How long one wait of the thread lasts at most, because the process ends only after it. */
const stretchMs = 2500;

/** Waits on one thread for bytes on several descriptors. */
export class Readiness {
  readonly #libc: Libc;
  /** An eventfd that wakes the thread when the set of descriptors changes. */
  readonly #wakeFd: number;
  readonly #count = new BigUint64Array(1);
  readonly #waiting = new Map<number, () => void>();
  /** Resolves when the thread has used the latest set of descriptors. */
  #thread: Promise<unknown> | undefined;
  #isWoken = false;

  /** @param libc is not closed here */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.#wakeFd = libc.symbols.eventfd(0, flags.eventOnce);
  }

  /**
   * Resolves when there are bytes, the other side has hung up, or `end` was called. One wait at a time per descriptor.
   */
  wait(fd: number): Promise<void> {
    return new Promise((ready) => {
      this.#waiting.set(fd, ready);
      if (this.#thread === undefined) void this.#watch();
      else this.#wakeThread();
    });
  }

  /** Ends a wait. Resolves when the thread no longer uses the descriptor. */
  async end(fd: number): Promise<void> {
    const ready = this.#waiting.get(fd);
    this.#waiting.delete(fd);
    ready?.();
    if (this.#thread === undefined) return;
    this.#wakeThread();
    await this.#thread;
  }

  /** Closes its own descriptor. No wait may follow. */
  async close(): Promise<void> {
    await this.#thread;
    this.#libc.symbols.close(this.#wakeFd);
  }

  async #watch(): Promise<void> {
    while (this.#waiting.size > 0) {
      const fds = [...this.#waiting.keys()];
      const seen = new Int32Array([this.#wakeFd, ...fds].flatMap((fd) => [fd, flags.pollIn]));
      await (this.#thread = this.#libc.symbols.poll(seen, BigInt(fds.length + 1), stretchMs));
      if (this.#isWoken) this.#libc.symbols.read(this.#wakeFd, new Uint8Array(this.#count.buffer), 8n);
      this.#isWoken = false;
      fds.forEach((fd, index) => {
        if ((seen[2 * index + 3] ?? 0) >> 16 === 0) return;
        const ready = this.#waiting.get(fd);
        this.#waiting.delete(fd);
        ready?.();
      });
    }
    this.#thread = undefined;
  }

  #wakeThread(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    this.#count[0] = 1n;
    this.#libc.symbols.write(this.#wakeFd, new Uint8Array(this.#count.buffer), 8n);
  }
}
