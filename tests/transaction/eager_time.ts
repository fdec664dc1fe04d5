import { setImmediate } from "node:timers/promises";
import type { Time } from "../../src/base/time.ts";

/** A clock on which every sleep ends at once and advances the time. */
export class EagerTime implements Time {
  #wallMs = Date.UTC(2026, 0, 31, 8);
  #monoMs = 0;

  now = (): number => this.#wallMs;

  mono = (): number => this.#monoMs;

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    this.#wallMs += Math.max(0, ms);
    this.#monoMs += Math.max(0, ms);
    await setImmediate();
  }
}
