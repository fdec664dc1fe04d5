import { systemTime, type Time } from "../../src/base/time.ts";

/** The time of the machine; a test can skip time while no work is pending. */
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

  /** Advances both clocks by `ms`; pending sleeps do not end earlier. */
  skip(ms: number): void {
    this.#skippedMs += ms;
  }
}
