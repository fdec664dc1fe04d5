import { join } from "node:path";
import { diskRoom } from "../base/disk_room.ts";
import { FaultBoard } from "../base/fault_board.ts";
import { Feed } from "../base/feed.ts";
import { namesIn } from "../base/files.ts";
import { errorText, type Log } from "../base/log.ts";
import { clockProblem } from "../base/machine_clock.ts";
import { type Time, timestamp } from "../base/time.ts";
import { damagedRemedy, isDamagedJournal, JournalError, type LiveJournal } from "../journal/mod.ts";
import { type NodeFault, nodeFaultKinds, type NodeFaultSubType } from "./node_faults.ts";

/** Interval of the checks. */
const checkIntervalMs = 10_000;

/** A journal that is not written for this long is checked with a test write. */
const probeMs = 300_000;

/** The most damaged columns that a fault names. */
const maxNamed = 5;

/** The limits of the checks. */
export interface NodeLimits {
  /** How long a record may wait for delivery. */
  readonly undeliveredMs: number;
  /** Free bytes below which the disk is too full; 0: no limit. */
  readonly minFreeBytes: number;
  /** Whether a clock that the kernel reports as unsynchronised is a fault. */
  readonly requireSync: boolean;
}

/** What is checked. */
export interface NodeHealthOptions {
  readonly stateDir: string;
  readonly journal: Pick<
    LiveJournal,
    "path" | "longestWaiting" | "failure" | "probe" | "check" | "damage" | "reopened" | "unreadable"
  >;
  /** The limits now. */
  readonly limits: () => NodeLimits;
  /** Whether the machine's clock is synchronised; undefined: unknown. */
  readonly clockSynchronised: () => boolean | undefined;
  /** Free bytes on the disk of a folder; undefined: unknown. @default reads it from the system */
  readonly freeSpace?: (folder: string) => number | undefined;
  readonly time: Time;
  readonly log: Log;
}

/** Checks the journal, the disk and the clock of the process, and raises a fault for each problem. */
export class NodeHealth {
  /** Raised, changed and cleared faults, for one reader; ends with `close`. */
  readonly events: Feed<NodeFault> = new Feed<NodeFault>();
  readonly #options: NodeHealthOptions;
  readonly #faults: FaultBoard<NodeFaultSubType>;
  readonly #closing = new AbortController();
  #probeAtMs: number;
  #reopened: number;
  #putBackUntilMs = -Infinity;
  #waiting: { readonly seq: number; readonly sinceMs: number } | undefined;

  constructor(options: NodeHealthOptions) {
    this.#options = options;
    this.#faults = new FaultBoard(() => options.time.now(), (fault) => this.#report(fault));
    this.#probeAtMs = options.time.mono();
    this.#reopened = options.journal.reopened;
  }

  /** The faults that are raised now. */
  get faults(): readonly NodeFault[] {
    return this.#faults.active;
  }

  /** Raises a fault that another part of the process detected, or changes its message. */
  raise(subType: NodeFaultSubType, message: string): void {
    this.#faults.raise(subType, message);
  }

  /** Clears a fault that another part of the process raised. */
  clear(subType: NodeFaultSubType): void {
    this.#faults.clear(subType);
  }

  /** Whether this machine's clock is synchronised; undefined: unknown. */
  get clockSynchronised(): boolean | undefined {
    return this.#options.clockSynchronised();
  }

  /** Checks now and then every ten seconds until `close`. */
  async watch(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await this.check();
      await this.#options.time.sleep(checkIntervalMs, this.#closing.signal);
    }
  }

  /** Checks everything now. Call it after an event that may indicate a fault of the node. Never throws. */
  async check(): Promise<void> {
    await this.#checkJournal();
    this.#checkDisk();
    this.#checkDamage();
    this.#checkClock();
  }

  /** Ends `watch` and the feed. */
  close(): void {
    this.#closing.abort();
    this.events.close();
  }

  async #checkJournal(): Promise<void> {
    const { journal } = this.#options;
    try {
      this.#checkOutbox();
      await this.#probe();
      if (journal.failure !== undefined) throw journal.failure;
      if (!this.#wasPutBack()) return this.#faults.clear("JournalFailed");
      this.#faults.raise(
        "JournalFailed",
        `The journal ${journal.path} was removed while it was in use; it was written again, and nothing is lost`,
      );
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      // `JournalDamaged` reports it
      if (journal.damage !== undefined) return this.#faults.clear("JournalFailed");
      const [done, reason] = error.code === "read_failed" ? ["read", error] : ["written", error.cause];
      this.#faults.raise(
        "JournalFailed",
        `The journal ${journal.path} cannot be ${done}: ${errorText(reason)}; retrying`,
      );
    }
  }

  /** Whether the journal was just removed and written again; the fault stays long enough to be seen. */
  #wasPutBack(): boolean {
    const { journal, time } = this.#options;
    if (journal.reopened !== this.#reopened) this.#putBackUntilMs = time.mono() + checkIntervalMs;
    this.#reopened = journal.reopened;
    return time.mono() < this.#putBackUntilMs;
  }

  /**
   * Writes a test row if nothing was written for long, so that a failure is detected before a record must be stored.
   */
  async #probe(): Promise<void> {
    const { journal, time } = this.#options;
    const due = journal.failure === undefined ? time.mono() >= this.#probeAtMs : this.#faults.has("JournalFailed");
    if (!due) return await journal.check();
    this.#probeAtMs = time.mono() + probeMs;
    await journal.probe();
  }

  /** The age is wall time until the first check and monotonic time after it: a change of the clock raises no fault. */
  #checkOutbox(): void {
    const { journal, limits, time } = this.#options;
    const oldest = journal.longestWaiting();
    if (oldest === undefined) {
      this.#waiting = undefined;
      return this.#faults.clear("RecordsUndelivered");
    }
    if (this.#waiting?.seq !== oldest.seq) {
      const ageMs = Math.max(0, time.now() - oldest.sinceMs);
      this.#waiting = { seq: oldest.seq, sinceMs: time.mono() - ageMs };
    }
    if (time.mono() < this.#waiting.sinceMs + limits().undeliveredMs) return this.#faults.clear("RecordsUndelivered");
    this.#faults.raise(
      "RecordsUndelivered",
      `Records have been waiting in the journal since ${
        timestamp(oldest.sinceMs)
      }; check NATS and JetStream; the log ` +
        "has the reason",
    );
  }

  #checkDisk(): void {
    const { stateDir, limits } = this.#options;
    const { minFreeBytes } = limits();
    const free = this.#options.freeSpace === undefined
      ? diskRoom(stateDir)?.freeBytes
      : this.#options.freeSpace(stateDir);
    if (free === undefined) return;
    if (free < minFreeBytes) {
      const minMb = minFreeBytes / 1_000_000;
      this.#faults.raise("DiskSpaceLow", `Less than ${minMb} MB are free in ${stateDir}; free space there`);
    } else if (free * 10 >= minFreeBytes * 11) this.#faults.clear("DiskSpaceLow");
  }

  #checkDamage(): void {
    const { stateDir, journal } = this.#options;
    const names = namesIn(stateDir)?.filter(isDamagedJournal).sort();
    if (names === undefined) return;
    const paths = names.map((name) => join(stateDir, name)).join(", ");
    const found = [
      ...(journal.damage === undefined ? [] : [
        `The journal ${journal.path} is damaged (${journal.damage}): starts are refused and records stay on their ` +
        `meters; ${damagedRemedy}`,
      ]),
      ...(names.length === 0
        ? []
        : [`A damaged journal was renamed to ${paths}; data that could not be copied is only there`]),
      ...this.#unreadable().map((columns) =>
        `The journal ${journal.path} has damaged values: ${columns}; each is omitted or computed again; a backup may ` +
        "contain it"
      ),
    ];
    if (found.length === 0) this.#faults.clear("JournalDamaged");
    else this.#faults.raise("JournalDamaged", found.join(". "));
  }

  /** A text with the first columns that cannot be read; empty: all can be read. */
  #unreadable(): string[] {
    try {
      const columns = this.#options.journal.unreadable();
      const more = columns.length > maxNamed ? [`${columns.length - maxNamed} more`] : [];
      return columns.length === 0 ? [] : [[...columns.slice(0, maxNamed), ...more].join(", ")];
    } catch (error) {
      // `JournalFailed` reports a journal that cannot be read
      if (!(error instanceof JournalError)) throw error;
      return [];
    }
  }

  #checkClock(): void {
    const { limits, time } = this.#options;
    const { requireSync } = limits();
    const problem = clockProblem({ nowMs: time.now(), synchronised: this.clockSynchronised, requireSync });
    if (problem === undefined) return this.#faults.clear("ClockNotSynchronised");
    this.#faults.raise(
      "ClockNotSynchronised",
      `This machine's clock ${problem}; no meter clock is set until the machine's clock is right; check NTP or chrony`,
    );
  }

  #report(fault: NodeFault): void {
    const { log } = this.#options;
    if (!fault.active) log.info(`Fault cleared: ${fault.message}`);
    else if (nodeFaultKinds[fault.subType].severity === "High") log.error(fault.message);
    else log.warn(fault.message);
    this.events.push(fault);
  }
}
