import type { Time } from "../base/time.ts";

/** The clock of the meter: starts at 1970, and continues from the time that is set. */
export class MeterClock {
  readonly #time: Time;
  #setToSeconds = 0;
  #setAtMs: number;
  #synchronised = false;
  /** Local time minus UTC in minutes. */
  offsetMinutes = 0;

  constructor(time: Time) {
    this.#time = time;
    this.#setAtMs = time.mono();
  }

  /** Seconds since 1970. */
  get utcSeconds(): number {
    return this.#setToSeconds + Math.floor((this.#time.mono() - this.#setAtMs) / 1000);
  }

  set utcSeconds(seconds: number) {
    this.#setToSeconds = seconds;
    this.#setAtMs = this.#time.mono();
    this.#synchronised = true;
  }

  /** The supply failed: the clock continues, but is unsynchronised until it is set again. */
  loseSupply(): void {
    this.#synchronised = false;
  }

  /** Whether it was set after the supply was restored. */
  get synchronised(): boolean {
    return this.#synchronised;
  }

  /** Local time in the format of a record: `2026-01-10T08:00:00,000+0100 S`; `U` instead of `S` if unsynchronised. */
  stamp(): string {
    const local = new Date((this.utcSeconds + this.offsetMinutes * 60) * 1000).toISOString().slice(0, 19);
    const minutes = Math.abs(this.offsetMinutes);
    const zone = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join("");
    return `${local},000${this.offsetMinutes < 0 ? "-" : "+"}${zone} ${this.#synchronised ? "S" : "U"}`;
  }
}
