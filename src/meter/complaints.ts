import type { Log } from "../base/log.ts";
import { errorText } from "../base/log.ts";

/** Logs what fails again and again once as a warning, then for those who look closely, and its recovery. */
export class Complaints {
  readonly #log: Log;
  readonly #failing = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** `what` could not be read. */
  failed(what: string, error: unknown): void {
    const message = `Cannot read the ${what}: ${errorText(error)}`;
    if (this.#failing.has(what)) this.#log.debug(message);
    else this.#log.warn(message);
    this.#failing.add(what);
  }

  /** `what` was read. */
  worked(what: string): void {
    if (this.#failing.delete(what)) this.#log.info(`Read the ${what} again`);
  }
}
