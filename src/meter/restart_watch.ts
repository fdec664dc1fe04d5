import type { RegisterAccess } from "./register_access.ts";

/** What is read after a meter did not answer for a time. */
export interface RestartWatchDeps {
  /** The status of the meter's clock; undefined: it has none. */
  readonly clock?: {
    readonly learnStatus: (registers: RegisterAccess) => Promise<void>;
    readonly compareStatus: (registers: RegisterAccess) => Promise<void>;
  } | undefined;
  /** Reads and reports the OCMF state; undefined: no transaction is open. */
  readonly readState: (registers: RegisterAccess) => Promise<void> | undefined;
}

/**
 * Checks whether a meter has restarted, after requests without an answer or after the line was opened again. Repeats
 * can last longer than a restart, so a restart need not fail a read.
 */
export class RestartWatch {
  readonly #deps: RestartWatchDeps;
  #timeouts: number | undefined;
  #isDue: boolean;

  /** @param interrupted the meter was just disconnected and was not set up after that */
  constructor(deps: RestartWatchDeps, interrupted: boolean) {
    this.#deps = deps;
    this.#isDue = interrupted;
  }

  /**
   * Call it after each reading.
   *
   * @param stateRead the OCMF state was already read
   * @throws the error of a read; the check is repeated after the next reading
   */
  async check(registers: RegisterAccess, stateRead: boolean): Promise<void> {
    const { clock, readState } = this.#deps;
    const { timeouts } = registers;
    this.#isDue ||= timeouts > (this.#timeouts ?? timeouts);
    this.#timeouts = timeouts;
    if (!this.#isDue) return await clock?.learnStatus(registers);
    if (!stateRead) await readState(registers);
    await clock?.compareStatus(registers);
    this.#isDue = false;
  }
}
