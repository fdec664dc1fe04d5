import type { NatsConnection } from "nats";
import type { KnownMeters } from "../base/known_meters.ts";
import { errorText, type Log } from "../base/log.ts";
import { ProblemLogs } from "../base/problem_log.ts";
import { subjectToken } from "../base/subject_tokens.ts";
import type { Time } from "../base/time.ts";
import {
  ForgetError,
  type ForgetResult,
  nodeToken,
  type ServedMeters,
  type StateBoard,
  type Subjects,
  type TransportParts,
} from "../contract/mod.ts";
import { processWith } from "./instances.ts";
import { RetainedStates } from "./retained_states.ts";
import type { StreamLookup } from "./stream_lookup.ts";

/** Dependencies of `Forgetting`. */
export interface ForgettingOptions {
  readonly subjects: Subjects;
  /** JetStream domain of the stream of states, if configured. */
  readonly domain: string | undefined;
  /** Id of this process. */
  readonly instance: string;
  /** The meters that are served now. */
  readonly meters: Pick<ServedMeters, "has" | "names">;
  /** The meters that can have retained states. */
  readonly known: KnownMeters;
  readonly journal: Pick<TransportParts["journal"], "openTransactions" | "records">;
  readonly board: StateBoard;
  /** The stream that stores states. */
  lookup(): StreamLookup;
  /** The connection; undefined while it is down. */
  live(): NatsConnection | undefined;
  /** Whether this process serves its meters, and no twin. */
  isActive(): boolean;
}

/** The meter cannot be forgotten now. */
class NotYet extends Error {
  /** @param isFailure whether the attempt failed, so that it is retried less often and named as a problem */
  constructor(message: string, readonly isFailure: boolean) {
    super(message);
  }
}

/**
 * Removes the retained states of meters that this process has served and that it does not have any more. Records are
 * never removed. What cannot be done now is done later, also by the next process with the same state folder. The states
 * stay if another process of the site has the meter.
 */
export class Forgetting {
  readonly #options: ForgettingOptions;
  readonly #log: Log;
  readonly #time: Time;
  readonly #states: RetainedStates;
  readonly #attempts = new Map<string, Promise<ForgetResult>>();
  readonly #closing = new AbortController();
  /** Meters that were withdrawn and are served again soon. */
  readonly #kept = new Set<string>();
  /** By meter, a failure and the monotonic time in milliseconds until which it is not retried. */
  readonly #failures = new Map<string, { readonly text: string; readonly untilMs: number }>();
  readonly #problemLogs: ProblemLogs<string>;

  constructor(options: ForgettingOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#time = time;
    this.#states = new RetainedStates(options, time);
    this.#problemLogs = new ProblemLogs(log, time);
    options.known.add(options.meters.names);
  }

  /** A sentence for each meter whose states cannot be removed, with the remedy. */
  get problems(): string[] {
    return [...this.#failures.values()].map(({ text }) => text);
  }

  /** Call it when a meter is served: its states are no longer removed. */
  served(name: string): void {
    this.#kept.delete(name);
    this.#failures.delete(name);
    this.#options.known.add([name]);
  }

  /** Call it when a meter is withdrawn. @param forget whether `run` removes its states */
  withdrawn(name: string, forget: boolean): void {
    if (!forget) this.#kept.add(name);
    // The states in the stream are those of the process that serves the meter
    if (!this.#options.isActive()) this.#states.drop(name);
  }

  /** Call it when the connection is new: the user may have other permissions. */
  connected(): void {
    for (const [name, failure] of this.#failures) this.#failures.set(name, { ...failure, untilMs: -Infinity });
  }

  /** Removes what can be removed now. Never throws. */
  async run(): Promise<void> {
    const due = this.#options.known.names.filter((name) => {
      const { untilMs = -Infinity } = this.#failures.get(name) ?? {};
      return this.#isUnwanted(name) && this.#time.mono() >= untilMs;
    });
    await Promise.all(due.map((name) => this.#attempt(name).catch((error) => this.#giveUp(name, error))));
  }

  /**
   * Removes the states of a meter now, or later if that is not possible now.
   *
   * @throws {ForgetError} this process or another one of the site has the meter, or a transaction is open
   */
  async forget(name: string): Promise<ForgetResult> {
    const { meters, known } = this.#options;
    if (!subjectToken.pattern.test(name) || name === nodeToken) {
      throw new ForgetError(`"${name}" is not the name of a meter: it must be ${subjectToken.allowed}`);
    }
    const open = this.#openTransaction(name);
    if (meters.has(name)) {
      throw new ForgetError(
        open === undefined
          ? `Meter ${name} is configured and served; remove it from the configuration and reload it first`
          : `Meter ${name} is served, and its transaction ${open} is open; after that, remove it from the configuration`,
      );
    }
    if (open !== undefined) throw new ForgetError(openText(name, open));
    const wasKnown = known.names.includes(name);
    known.add([name]);
    this.#kept.delete(name);
    try {
      return await this.#attempt(name);
    } catch (error) {
      if (!wasKnown) known.remove(name);
      throw error;
    }
  }

  /** Attempts nothing more; the next process continues. */
  close(): void {
    this.#closing.abort();
  }

  #isUnwanted(name: string): boolean {
    return !this.#kept.has(name) && !this.#options.meters.has(name);
  }

  #giveUp(name: string, error: unknown): void {
    if (!this.#isUnwanted(name)) return;
    this.#states.drop(name);
    this.#log.info("The last states of a removed meter stay", { meter: name, reason: errorText(error) });
    this.#options.known.remove(name);
  }

  /** @throws {ForgetError} the states stay */
  #attempt(name: string): Promise<ForgetResult> {
    const current = this.#attempts.get(name) ?? this.#try(name).finally(() => this.#attempts.delete(name));
    this.#attempts.set(name, current);
    return current;
  }

  async #try(name: string): Promise<ForgetResult> {
    try {
      const states = await this.#remove(name);
      this.#failures.delete(name);
      this.#problemLogs.of(name).over("The last states of a removed meter are removed", { meter: name });
      if (states > 0) this.#log.info("Forgot a meter: its last states are removed", { meter: name, states });
      return { outcome: "forgotten", states };
    } catch (error) {
      if (error instanceof ForgetError) throw error;
      return this.#later(name, error);
    }
  }

  #later(name: string, error: unknown): ForgetResult {
    const reason = errorText(error);
    if (!(error instanceof NotYet) || error.isFailure) {
      this.#failures.set(name, { text: reason, untilMs: this.#time.mono() + failureMs });
      this.#problemLogs.of(name).failed("Cannot remove the last states of a removed meter; retrying", {
        meter: name,
        reason,
      });
    }
    return { outcome: "waiting", reason };
  }

  /** @returns the number of removed states */
  async #remove(name: string): Promise<number> {
    const { subjects, board, instance, known } = this.#options;
    const connection = this.#ready(name);
    const other = await processWith(connection, subjects, name, instance);
    if (other !== undefined) {
      throw new ForgetError(
        `Another process of site ${subjects.site} has meter ${name} (instance ${other}); remove the meter there first`,
      );
    }
    const stored = await this.#states.read(connection, name);
    this.#checkUnwanted(name);
    this.#states.end(name, stored);
    if (stored.size > 0) await this.#time.sleep(sourcesMs, this.#closing.signal);
    this.#checkUnwanted(name);
    const removed = stored.size > 0 ? await this.#states.purge(connection, name) : 0;
    // It may have been added again while the server removed its states
    if (this.#isUnwanted(name)) known.remove(name);
    else board.repeat(this.#states.subjectsOf(name));
    return removed;
  }

  /** @throws {ForgetError | NotYet} the states stay, because the meter was added again or the service stops */
  #checkUnwanted(name: string): void {
    if (this.#closing.signal.aborted) throw new NotYet("The service stops", false);
    if (!this.#isUnwanted(name)) throw new ForgetError(`Meter ${name} is served again`);
  }

  /** @throws {NotYet} the states cannot be removed now */
  #ready(name: string): NatsConnection {
    const { journal, live, isActive, lookup } = this.#options;
    const open = this.#openTransaction(name);
    if (open !== undefined) throw new NotYet(openText(name, open), true);
    if (journal.records({ meter: name, undelivered: true, limit: 1 }).length > 0) {
      throw new NotYet(`Records of meter ${name} are not delivered yet`, false);
    }
    const connection = live();
    if (connection === undefined) throw new NotYet("NATS is not connected", false);
    if (!isActive()) throw new NotYet("Another process serves the meters of this process", false);
    if (lookup().state === "unknown") throw new NotYet("The stream of states is not found yet", false);
    return connection;
  }

  #openTransaction(name: string): string | undefined {
    return this.#options.journal.openTransactions(name)[0]?.transactionId;
  }
}

function openText(meter: string, transactionId: string): string {
  return `Meter ${meter} has the open transaction ${transactionId} in the journal; configure the meter again, so that ` +
    "its record is read";
}

/**
 * How long the sources of a hub may take to receive the last status before it is removed here, in milliseconds; without
 * it the hub would show the meter as it was before.
 */
const sourcesMs = 1_000;
/** Interval of the attempts after a failure: a permission is missing, or a transaction is open. */
const failureMs = 300_000;
