import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { TroubleLogs } from "../base/trouble_log.ts";

/** Logs the parts of a meter that cannot be read, each as a separate problem. */
export class ReadFailures {
  readonly #troubles: TroubleLogs<string>;

  constructor({ log, time }: { readonly log: Log; readonly time: Time }) {
    this.#troubles = new TroubleLogs(log, time);
  }

  /** Call it when `what` could not be read. */
  failed(what: string, error: unknown): void {
    this.#troubles.of(what).failed(`Cannot read the ${what}: ${errorText(error)}`);
  }

  /** Call it when `what` was read. */
  worked(what: string): void {
    this.#troubles.of(what).over(`Read the ${what} again`);
  }
}
