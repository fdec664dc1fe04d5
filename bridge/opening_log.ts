import type { Log, LogFields } from "../src/base/log.ts";
import type { Time } from "../src/base/time.ts";
import type { PortError } from "./errors.ts";
import { RepeatedFailure } from "./repeated_failure.ts";

/** A device that was of use for so long has recovered. */
const stableMs = 60_000;
/** One of which nothing came has recovered, too: no pause between two attempts to revive it is as long. */
const longestDoubtMs = 3_600_000;

/** A device that has been opened. */
export interface OpenedDevice {
  /** What is logged: `line is open`. */
  readonly text: string;
  readonly fields?: LogFields;
  /** Whether anything has come from it since. */
  useful(): boolean;
}

/**
 * Logs the openings and the failures of one device, one line for each event. A device that fails again and again, in
 * whatever way, is one event: it is over when the device has been open for a minute and something came from it.
 */
export class OpeningLog {
  readonly #log: Log;
  readonly #time: Time;
  readonly #settleMs: number;
  readonly #failure: RepeatedFailure;
  #opening = new AbortController();
  /** Whether it was logged in this event that the device is open. */
  #openLogged = false;
  #unstable = false;

  /** @param settleMs a device that fails within this time after its opening counts as not opened */
  constructor(log: Log, time: Time, settleMs: number) {
    this.#log = log;
    this.#time = time;
    this.#settleMs = settleMs;
    this.#failure = new RepeatedFailure(time);
  }

  /** The device is open. */
  opened(device: OpenedDevice): void {
    this.#opening = new AbortController();
    if (this.#settleMs === 0) this.#settled(device);
    void this.#follow(device, this.#opening.signal);
  }

  /** The device did not open, or failed while it was open. */
  failed(text: string, error: PortError): void {
    this.close();
    const again = this.#failure.count > 0 && this.#openLogged && !this.#unstable;
    if (this.#failure.count === 0) this.#openLogged = false;
    this.#unstable ||= again;
    // One that was unplugged is gone first and absent then.
    const kind = error.code === "not_found" ? "gone" : error.code;
    const line = this.#failure.occurred(kind, text);
    if (again) this.#log.error(`${text}; it fails again and again`);
    else if (line !== undefined) this.#log.error(line);
    else this.#log.debug(text);
  }

  /** The device is closed, on purpose or not. */
  close(): void {
    this.#opening.abort();
  }

  #settled({ text, fields }: OpenedDevice): void {
    if (this.#openLogged && this.#failure.count > 0) return;
    this.#openLogged = true;
    this.#log.info(text, fields);
  }

  /** Follows one opening until it is over, or all is well again. */
  async #follow(device: OpenedDevice, signal: AbortSignal): Promise<void> {
    if (this.#settleMs > 0) {
      await this.#time.sleep(this.#settleMs, signal);
      if (signal.aborted) return;
      this.#settled(device);
    }
    for (let openMs = stableMs; this.#failure.count > 0; openMs += stableMs) {
      await this.#time.sleep(stableMs, signal);
      if (signal.aborted) return;
      if (device.useful() || openMs >= longestDoubtMs) this.#recovered(device);
    }
  }

  #recovered({ text, fields }: OpenedDevice): void {
    if (this.#unstable) this.#log.info(`${text} and stays so; it failed ${this.#failure.countText}`, fields);
    this.#unstable = false;
    this.#failure.over();
  }
}
