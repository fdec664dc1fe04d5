import type { Log, LogFields } from "../src/base/log.ts";
import { hourMs, type Time } from "../src/base/time.ts";
import type { PortError } from "./errors.ts";
import { RepeatedFailure } from "./repeated_failure.ts";

/** A device that has sent bytes counts as recovered after this time. */
const stableMs = 60_000;
/** A device that has sent nothing counts as recovered after this time: no pause between two attempts is as long. */
const maxSilentMs = hourMs;

/** A device that was opened. */
export interface OpenedDevice {
  /** The text of the log line: `Line is open`. */
  readonly text: string;
  readonly fields?: LogFields;
  /** Whether it has sent any bytes since then. */
  useful(): boolean;
}

/**
 * Logs the openings and failures of one device, one line for each event. Repeated failures of any kind are one event.
 * The event ends when the device has been open for a minute and has sent bytes.
 */
export class OpeningLog {
  readonly #log: Log;
  readonly #time: Time;
  readonly #minOpenMs: number;
  readonly #failure: RepeatedFailure;
  #opening = new AbortController();
  /** Whether this event has already logged that the device is open. */
  #openLogged = false;
  #unstable = false;

  /** @param minOpenMs a device that fails within this time after it was opened counts as not opened */
  constructor(log: Log, time: Time, minOpenMs: number) {
    this.#log = log;
    this.#time = time;
    this.#minOpenMs = minOpenMs;
    this.#failure = new RepeatedFailure(time);
  }

  /** Call it when the device is open. */
  opened(device: OpenedDevice): void {
    this.#opening = new AbortController();
    if (this.#minOpenMs === 0) this.#logOpen(device);
    void this.#follow(device, this.#opening.signal);
  }

  /** Call it when the device could not be opened, or failed while it was open. */
  failed(text: string, error: PortError): void {
    this.close();
    const again = this.#failure.count > 0 && this.#openLogged && !this.#unstable;
    if (this.#failure.count === 0) this.#openLogged = false;
    this.#unstable ||= again;
    // An unplugged device first reports `gone`, then `not_found`
    const kind = error.code === "not_found" ? "gone" : error.code;
    const line = this.#failure.occurred(kind, text);
    if (again) this.#log.error(`${text}; it fails repeatedly`);
    else if (line !== undefined) this.#log.error(line);
    else this.#log.debug(text);
  }

  /** Call it when the device is closed, with or without a failure. */
  close(): void {
    this.#opening.abort();
  }

  #logOpen({ text, fields }: OpenedDevice): void {
    if (this.#openLogged && this.#failure.count > 0) return;
    this.#openLogged = true;
    this.#log.info(text, fields);
  }

  /** Watches one opening until it ends or the device has recovered. */
  async #follow(device: OpenedDevice, signal: AbortSignal): Promise<void> {
    if (this.#minOpenMs > 0) {
      await this.#time.sleep(this.#minOpenMs, signal);
      if (signal.aborted) return;
      this.#logOpen(device);
    }
    for (let openMs = stableMs; this.#failure.count > 0; openMs += stableMs) {
      await this.#time.sleep(stableMs, signal);
      if (signal.aborted) return;
      if (device.useful() || openMs >= maxSilentMs) this.#recovered(device);
    }
  }

  #recovered({ text, fields }: OpenedDevice): void {
    if (this.#unstable) this.#log.info(`${text} and stable; it failed ${this.#failure.countText}`, fields);
    this.#unstable = false;
    this.#failure.over();
  }
}
