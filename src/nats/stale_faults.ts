import type { NatsConnection } from "nats";
import { errorText, type Log } from "../base/log.ts";
import { timestamp } from "../base/time.ts";
import { faultSchema, nodeToken, type StateBoard, type Subjects } from "../contract/mod.ts";
import { nodeFaultKinds } from "../health/mod.ts";
import { faultKinds } from "../meter/mod.ts";
import type { StreamLookup } from "./stream_lookup.ts";
import { LastMessages } from "./last_messages.ts";

/** The subjects of all faults that a process and its meters can have. */
export function faultSubjects(subjects: Subjects, meters: readonly string[]): string[] {
  const of = (meter: string, kinds: object) => Object.keys(kinds).map((kind) => subjects.fault(meter, kind));
  return [...of(nodeToken, nodeFaultKinds), ...meters.flatMap((meter) => of(meter, faultKinds))];
}

/** The places where faults of an earlier process can be stored. */
export interface StaleFaultsOptions {
  /** Name of our stream of states, if it is unknown which stream stores them. */
  readonly stream: string;
  /** JetStream domain of the stream, if configured. */
  readonly domain: string | undefined;
  /** Every fault subject of this process and of the meters that it serves now. */
  subjects(): readonly string[];
  readonly board: StateBoard;
  /** The stream that stores states. */
  lookup(): StreamLookup;
  /** Wall clock in milliseconds. */
  now(): number;
}

/**
 * Clears the faults that an earlier process has left raised; this process raises them again if they still exist. Does
 * not change faults of meters that this process does not serve.
 */
export class StaleFaults {
  readonly #options: StaleFaultsOptions;
  readonly #log: Log;
  #cleared = false;

  constructor(options: StaleFaultsOptions, log: Log) {
    this.#options = options;
    this.#log = log;
  }

  /** Another process may have left faults since then, or a meter was added: the next `clear` reads again. */
  expectFaults(): void {
    this.#cleared = false;
  }

  /** Clears the faults once; after a failure the next call retries. Never throws. */
  async clear(connection: NatsConnection): Promise<void> {
    if (this.#cleared) return;
    const { domain, stream, board, subjects } = this.#options;
    const lookup = this.#options.lookup();
    this.#cleared = true;
    try {
      const reader = new LastMessages(connection, { domain, stream, lookup });
      const unset = subjects().filter((subject) => !board.has(subject));
      await reader.each(unset, (subject, data) => this.#clearOne(subject, data));
    } catch (error) {
      this.#cleared = false;
      this.#log.debug("Cannot read the faults of an earlier run; retrying", { reason: errorText(error) });
    }
  }

  #clearOne(subject: string, data: Uint8Array): void {
    const { board, now, subjects } = this.#options;
    const fault = faultSchema.safeParse(jsonOrNothing(data)).data;
    // In the meantime this process may have raised the fault, or the meter may have been removed
    if (fault?.active !== true || board.has(subject) || !subjects().includes(subject)) return;
    board.set(subject, { ...fault, active: false, timestamp: timestamp(now()) });
  }
}

function jsonOrNothing(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}
