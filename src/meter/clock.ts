import { hex } from "../base/hex.ts";
import { errorText, type Log } from "../base/log.ts";
import { LastLogged } from "../base/log_pace.ts";
import { isPlausibleTime } from "../base/machine_clock.ts";
import { hourMs, minuteMs, type Time } from "../base/time.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { ModbusError } from "../modbus/mod.ts";
import { encodeInteger } from "./codec.ts";
import { MeterError } from "./errors.ts";
import type { MeterFaults } from "./faults.ts";
import { readOcmfState } from "./ocmf_registers.ts";
import type { RegisterAccess } from "./register_access.ts";
import { isRefusal } from "./refusal.ts";
import { timeOffset, timeStatus, utc } from "./registers.ts";

/** A larger change in an hour is not drift: our clock was set. */
const jumpMs = 5000;
/** A meter refuses the time for about two seconds after power-up. */
const refusedAfterPowerUpMs = 2000;
const maxSetupAttempts = 4;
/** The most attempts to write the time again after a delay. */
const maxTimeWrites = 3;

/** Options and dependencies of a meter clock. */
export interface MeterClockDeps {
  /** Local time offset in minutes, -1440..1440, at a time in milliseconds since 1970. */
  readonly offsetMinutesAt: (atMs: number) => number;
  /** False while our own time is not reliable. */
  readonly maySet: () => boolean;
  /** Prevents clock writes during a transaction step. */
  readonly exclusive: <T>(work: () => Promise<T>) => Promise<T>;
  readonly faults: MeterFaults;
  readonly time: Time;
  readonly log: Log;
}

/** `later`: a transaction is open, or our own time is not reliable. */
type Outcome = "set" | "later" | { readonly refused: unknown };

/**
 * Sets the clock of a meter: UTC and local offset at setup and every hour, but never while a transaction is open,
 * because a step of the clock would invalidate the transaction.
 */
export class MeterClock {
  readonly #deps: MeterClockDeps;
  readonly #setFailures: ProblemLog;
  #due = false;
  /** Monotonic time in milliseconds of the last successful write. */
  #setAtMs = -Infinity;
  /** Whether the meter answered at its time status during setup. */
  #hasStatus = false;
  /** The time status after the clock was last set; undefined: not read yet. */
  #status: number | undefined;
  readonly #loggedStatus = new LastLogged<number>();
  /** Monotonic time in milliseconds when the clock is due. */
  #nextMs = 0;
  /** The last offset that was written. */
  #offsetMinutes: number | undefined;
  /** How much our wall clock was ahead of the monotonic clock at the last check. */
  #wallClockLeadMs: number | undefined;

  constructor(deps: MeterClockDeps) {
    this.#deps = deps;
    this.#setFailures = new ProblemLog(deps.log, deps.time);
  }

  /**
   * Logs the time status and sets the clock at setup. If the meter refuses, this is retried for some seconds, and then
   * a fault is raised.
   *
   * @throws {LineError} no usable answer
   */
  async setAtSetup(registers: RegisterAccess, signal: AbortSignal): Promise<void> {
    const { exclusive, time } = this.#deps;
    this.#hasStatus = await this.#logStatus(registers.with({ attempts: 1 }), "debug") === "read";
    let outcome = await exclusive(() => this.#set(registers));
    for (let attempt = 1; attempt < maxSetupAttempts && typeof outcome === "object"; attempt++) {
      await time.sleep(refusedAfterPowerUpMs, signal);
      if (signal.aborted) return;
      outcome = await exclusive(() => this.#set(registers));
    }
    this.#conclude(outcome);
  }

  /**
   * Sets the clock every hour until `signal` is aborted, and within a minute after the machine's clock was set or daylight
   * saving time has changed. Retries every minute if the clock could not be set.
   */
  async keepSet(registers: RegisterAccess, signal: AbortSignal): Promise<void> {
    const { exclusive, time } = this.#deps;
    while (true) {
      while (!signal.aborted && time.mono() < this.#nextMs && !this.#hasChanged()) {
        await time.sleep(Math.min(this.#nextMs - time.mono(), minuteMs), signal);
      }
      if (signal.aborted) return;
      await exclusive(() => this.#trySet(registers));
    }
  }

  /**
   * Sets the clock if it is due. Call it within `exclusive`. Never throws.
   *
   * @param lostPower the meter was without power, so its clock stopped
   */
  async setIfDue(registers: RegisterAccess, lostPower: boolean): Promise<void> {
    if (this.#due || lostPower) await this.#trySet(registers);
  }

  /**
   * Logs the time status, and sets the clock if it was not set within the last hour, because it cannot be set during a
   * transaction. Stops at the first exchange without an answer, so that a start waits for at most one timeout. Call it
   * within `exclusive`. Never throws.
   */
  async setBeforeStart(registers: RegisterAccess): Promise<void> {
    const once = registers.with({ attempts: 1 });
    if (this.#hasStatus && await this.#logStatus(once, "info") === "failed") return;
    const isOld = this.#deps.time.mono() - this.#setAtMs > hourMs;
    if (this.#due || isOld || this.#hasChanged()) await this.#trySet(once);
  }

  /**
   * Reads the time status once after the clock was set, for later comparison. Throws as {@linkcode
   * RegisterAccess.value}.
   */
  async learnStatus(registers: RegisterAccess): Promise<void> {
    if (!this.#hasStatus || this.#status !== undefined) return;
    try {
      this.#status = await registers.value(timeStatus);
    } catch (error) {
      if (isRefusal(error)) this.#hasStatus = false;
      throw error;
    }
  }

  /**
   * Reads the time status after the meter did not answer for a time. If the status has changed, the meter has
   * restarted, and its clock is due. Throws as {@linkcode RegisterAccess.value}.
   */
  async compareStatus(registers: RegisterAccess): Promise<void> {
    const before = this.#status;
    if (!this.#hasStatus || before === undefined) return;
    const status = this.#status = await registers.value(timeStatus);
    if (status === before) return;
    this.#due = true;
    this.#nextMs = 0;
    this.#deps.log.warn(
      `The meter has restarted: its time status (${
        hex(timeStatus.at)
      }h) was ${before} before it did not answer for a ` +
        `while, and is ${status} now. Its clock is set within a minute, or when the open transaction has ended`,
    );
  }

  /**
   * Logs the time status. No document explains the numbers.
   *
   * @param repeated log level of an unchanged number
   */
  async #logStatus(registers: RegisterAccess, repeated: "info" | "debug"): Promise<"read" | "refused" | "failed"> {
    const { log } = this.#deps;
    const name = `time status (${hex(timeStatus.at)}h)`;
    try {
      const status = await registers.value(timeStatus);
      log[this.#loggedStatus.isNew(status) ? "info" : repeated](`The meter's ${name} is ${status}`);
      return "read";
    } catch (error) {
      log.debug(`Cannot read the ${name}: ${errorText(error)}`);
      return isRefusal(error) ? "refused" : "failed";
    }
  }

  async #trySet(registers: RegisterAccess): Promise<void> {
    if (registers.withdrawn) return;
    try {
      this.#conclude(await this.#set(registers));
    } catch (error) {
      if (registers.withdrawn) return;
      this.#setFailures.failed(`Cannot set the clock of the meter; retrying in a minute: ${errorText(error)}`);
    }
  }

  #conclude(outcome: Outcome): void {
    if (outcome === "set") {
      this.#deps.faults.clear("ClockNotSet");
      this.#setFailures.over("The clock of the meter can be set again");
    }
    if (typeof outcome !== "object") return;
    this.#deps.faults.raise(
      "ClockNotSet",
      `The meter refused the time: ${errorText(outcome.refused)}; retrying every minute`,
    );
  }

  async #set(registers: RegisterAccess): Promise<Outcome> {
    this.#due = true;
    this.#nextMs = this.#deps.time.mono() + minuteMs;
    this.#wallClockLeadMs = this.#wallClockLead();
    const offsetMinutes = this.#deps.offsetMinutesAt(this.#deps.time.now());
    this.#offsetMinutes = offsetMinutes;
    if (!this.#isMachineClockReliable()) return "later";
    try {
      if (await readOcmfState(registers) === "RUNNING") return "later";
      if (!await this.#writeTime(registers)) return "later";
      await registers.write(timeOffset.at, encodeInteger("i16", offsetMinutes));
    } catch (error) {
      if (error instanceof ModbusError || error instanceof MeterError) return { refused: error };
      throw error;
    }
    this.#due = false;
    this.#status = undefined;
    this.#setAtMs = this.#deps.time.mono();
    this.#nextMs = this.#setAtMs + hourMs;
    return "set";
  }

  #wallClockLead(): number {
    const { time } = this.#deps;
    return time.now() - time.mono();
  }

  /** Whether our clock was set or the local offset has changed since the last check. */
  #hasChanged(): boolean {
    const { time, offsetMinutesAt } = this.#deps;
    return this.#hasJumped() ||
      this.#offsetMinutes !== undefined && this.#offsetMinutes !== offsetMinutesAt(time.now());
  }

  #hasJumped(): boolean {
    return this.#wallClockLeadMs !== undefined && Math.abs(this.#wallClockLead() - this.#wallClockLeadMs) > jumpMs;
  }

  /** An impossible time is never written, even if the configuration allows it, because the meter would sign it. */
  #isMachineClockReliable(): boolean {
    const { maySet, time, log } = this.#deps;
    if (isPlausibleTime(time.now()) && maySet()) return true;
    log.debug("The clock of the meter is not set, because this machine's clock is not reliable; retrying in a minute");
    return false;
  }

  /**
   * Writes the time. Repeats the write if it had to wait for the line or needed several attempts, because the time is
   * then too old.
   *
   * @returns false: the machine's clock is no longer reliable
   */
  async #writeTime(registers: RegisterAccess): Promise<boolean> {
    const seconds = () => Math.floor(this.#deps.time.now() / 1000);
    for (let write = 0; write < maxTimeWrites; write++) {
      if (!this.#isMachineClockReliable()) return false;
      const written = seconds();
      await registers.write(utc.at, encodeInteger("u64", written));
      if (Math.abs(seconds() - written) <= 1) return true;
    }
    return true;
  }
}
