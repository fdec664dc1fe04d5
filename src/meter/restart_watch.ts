import type { RegisterAccess } from "./register_access.ts";

/** What is read after a meter did not answer for a while. */
export interface RestartWatchDeps {
  /** The status of the meter's clock; absent where it has none. */
  readonly clock?: {
    readonly learnStatus: (registers: RegisterAccess) => Promise<void>;
    readonly compareStatus: (registers: RegisterAccess) => Promise<void>;
  } | undefined;
  /** Reads the OCMF state and passes it on; undefined: no transaction is open. */
  readonly readState: (registers: RegisterAccess) => Promise<void> | undefined;
}

/**
 * Looks whether a meter has restarted, each time when requests were left without an answer or the line was opened again:
 * repeats may last longer than a restart takes, so that no read fails.
 */
export class RestartWatch {
  readonly #deps: RestartWatchDeps;
  #timeouts: number | undefined;
  #isDue: boolean;

  /** @param interrupted the meter was away just now, and was not set up since */
  constructor(deps: RestartWatchDeps, interrupted: boolean) {
    this.#deps = deps;
    this.#isDue = interrupted;
  }

  /**
   * To be called after each reading.
   *
   * @param stateRead the OCMF state was read already
   * @throws what a read throws; it is looked again after the next reading
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
