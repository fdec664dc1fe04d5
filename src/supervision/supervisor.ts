import type { Log } from "../base/log.ts";
import type { StuckLine } from "../base/stuck_line.ts";
import type { Time } from "../base/time.ts";
import { repeatedly } from "../base/waits.ts";
import type { NotifySocket } from "./notify_socket.ts";

/** Signs of life in each interval of the watchdog: two may be lost or late. */
const signsPerInterval = 3;
/** After a failed check, the next one follows soon: a machine that was busy gets another chance before the restart. */
const recheckMs = 1000;
/** How often the status is checked without a watchdog. */
const statusMs = 5000;
/** A longer status is cut. */
const maxStatusLength = 1000;

/** What a {@linkcode Supervisor} watches. */
export interface Supervised {
  /** One line about what works and what is missing. */
  status(): string;
  /** The lines whose loop does not turn; empty: all turn. */
  stuckLines(): readonly StuckLine[];
}

/** Dependencies of a {@linkcode Supervisor}. */
export interface SupervisorDeps {
  /** Undefined: there is no service manager, and nothing happens. */
  readonly socket: Pick<NotifySocket, "send"> | undefined;
  /** Interval of the watchdog; undefined: it is off. */
  readonly watchdogMs: number | undefined;
  readonly log: Log;
  readonly time: Time;
}

/**
 * Reports to the service manager: when the service is ready, what is missing, and that it lives. A sign of life is sent
 * by the main loop, and only while the loops of all lines turn.
 */
export class Supervisor {
  readonly #deps: SupervisorDeps;
  /** Assignments that the manager has not accepted yet, the latest of each name. */
  #unsent: string[] = [];
  #status: string | undefined;
  #stuck: ReadonlySet<string> = new Set();

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
  }

  /** Reports that the service is ready, and from now on its status and signs of life, until `signal` is aborted. */
  async ready(supervised: Supervised, signal: AbortSignal): Promise<void> {
    if (this.#deps.socket === undefined) return;
    this.#send("READY=1");
    this.#report(supervised);
    await repeatedly(() => this.#report(supervised), () => this.#pauseMs(), { time: this.#deps.time, signal });
  }

  /** Reports that the service changes its configuration while `change` runs. @returns its result @throws its error */
  async whileReloading<T>(change: () => Promise<T>): Promise<T> {
    this.#send("RELOADING=1");
    try {
      return await change();
    } finally {
      this.#send("READY=1");
    }
  }

  /** Reports that the service stops. */
  stopping(): void {
    this.#send("STOPPING=1", "STATUS=Stopping");
  }

  #pauseMs(): number {
    const { watchdogMs } = this.#deps;
    if (watchdogMs === undefined) return statusMs;
    const pauseMs = watchdogMs / signsPerInterval;
    return this.#stuck.size > 0 ? Math.min(recheckMs, pauseMs) : pauseMs;
  }

  #report(supervised: Supervised): void {
    const news = [...this.#statusNews(supervised.status()), ...this.#sign(supervised)];
    if (news.length > 0 || this.#unsent.length > 0) this.#send(...news);
  }

  #statusNews(status: string): string[] {
    if (status === this.#status) return [];
    this.#status = status;
    const line = status.replaceAll(/\s+/g, " ");
    return [`STATUS=${line.length > maxStatusLength ? `${line.slice(0, maxStatusLength)}...` : line}`];
  }

  #sign(supervised: Supervised): string[] {
    const { watchdogMs, log } = this.#deps;
    if (watchdogMs === undefined) return [];
    const stuck = supervised.stuckLines();
    for (const { name, problem } of stuck) {
      if (this.#stuck.has(name)) continue;
      const then = `unless this ends, systemd restarts the service within ${watchdogMs / 1000} s`;
      log.error(`The line no longer works: its loop ${problem}; ${then}`, { line: name });
    }
    for (const name of this.#stuck) {
      if (!stuck.some((line) => line.name === name)) log.warn("The line works again", { line: name });
    }
    this.#stuck = new Set(stuck.map(({ name }) => name));
    return stuck.length === 0 ? ["WATCHDOG=1"] : [];
  }

  /** Sends the assignments together with those that were not accepted before. */
  #send(...assignments: string[]): void {
    const { socket } = this.#deps;
    if (socket === undefined) return;
    const names = new Set(assignments.map(nameOf));
    const all = [...this.#unsent.filter((assignment) => !names.has(nameOf(assignment))), ...assignments];
    this.#unsent = socket.send(all.join("\n")) ? [] : all;
  }
}

function nameOf(assignment: string): string {
  return assignment.slice(0, assignment.indexOf("="));
}
