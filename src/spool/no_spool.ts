import type { Spool, SpooledReading, WaitingReading } from "./spool.ts";

/** A spool that stores nothing and counts the readings that are lost. */
export class NoSpool implements Spool {
  readonly size = 0;
  #dropped = 0;
  #dropReason: string | undefined;

  get dropped(): number {
    return this.#dropped;
  }

  get dropReason(): string | undefined {
    return this.#dropReason;
  }

  add(readings: readonly SpooledReading[]): void {
    this.countLost(readings.length, "they were not acknowledged, and `spool.mode` is `off`");
  }

  oldest(): WaitingReading[] {
    return [];
  }

  since(): WaitingReading[] {
    return [];
  }

  remove(): boolean {
    return true;
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  countLost(count: number, reason: string): void {
    this.#dropped += count;
    this.#dropReason = reason;
  }

  close(): void {}
}
