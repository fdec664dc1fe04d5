import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ProblemLogs } from "../base/problem_log.ts";

/** Logs the parts of a meter that cannot be read, each as a separate problem. */
export class ReadFailures {
  readonly #problemLogs: ProblemLogs<string>;

  constructor({ log, time }: { readonly log: Log; readonly time: Time }) {
    this.#problemLogs = new ProblemLogs(log, time);
  }

  /** Call it when `what` could not be read. */
  failed(what: string, error: unknown): void {
    this.#problemLogs.of(what).failed(`Cannot read the ${what}: ${errorText(error)}`);
  }

  /** Call it when `what` was read. */
  worked(what: string): void {
    this.#problemLogs.of(what).over(`Read the ${what} again`);
  }
}
