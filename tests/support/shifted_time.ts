import { systemTime, type Time } from "../../src/base/time.ts";

/** The machine's time, which a test can skip some of while nothing is under way. */
export class ShiftedTime implements Time {
  #skippedMs = 0;

  now(): number {
    return systemTime.now() + this.#skippedMs;
  }

  mono(): number {
    return systemTime.mono() + this.#skippedMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemTime.sleep(ms, signal);
  }

  /** Both clocks go on by `ms`; sleeps that are under way end no earlier. */
  skip(ms: number): void {
    this.#skippedMs += ms;
  }
}
