import type { Spool, SpooledReading, WaitingReading } from "./spool.ts";

/** Keeps nothing and counts what it did not keep. */
export class NoSpool implements Spool {
  readonly size = 0;
  #dropped = 0;

  get dropped(): number {
    return this.#dropped;
  }

  add(readings: readonly SpooledReading[]): void {
    this.#dropped += readings.length;
  }

  oldest(): WaitingReading[] {
    return [];
  }

  remove(): boolean {
    return true;
  }

  countLost(count: number): void {
    this.#dropped += count;
  }

  close(): void {}
}
