import type { Feed } from "../base/feed.ts";
import type { Log } from "../base/log.ts";
import { errorText } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { Waiters } from "../base/waiters.ts";
import { awaitAnswer } from "./await_answer.ts";
import { awaitReturn, watchConnection } from "./await_return.ts";
import type { MeterClock } from "./clock.ts";
import type { ReadFailures } from "./read_failures.ts";
import type { MeterFaults } from "./faults.ts";
import { type Identified, identify } from "./identify.ts";
import { LivePoll } from "./live_poll.ts";
import { MeterError } from "./errors.ts";
import { meterWatches } from "./meter_watches.ts";
import type { MeterOptions } from "./meter_options.ts";
import { modelNamed } from "./models/index.ts";
import { ExternalPollEnd, type PollEnd } from "./poll_end.ts";
import type { Recognition } from "./recognition.ts";
import { isClosed } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import { RetryPause } from "./retry_pause.ts";
import { type PollTask, runTogether } from "./run_together.ts";
import { SetupReport } from "./setup_report.ts";
import type { Identity, MeterEvent, MeterState } from "./types.ts";
import { UnlistedCode } from "./unlisted_code.ts";

/** Dependencies of the lifecycle. */
export interface MeterLifecycleDeps {
  readonly options: MeterOptions;
  /** Registers with the attempts and delay of normal operation. */
  readonly registers: RegisterAccess;
  readonly recognition: Recognition;
  readonly events: Feed<MeterEvent>;
  readonly faults: MeterFaults;
  readonly clock: MeterClock;
  readonly readFailures: ReadFailures;
  readonly time: Time;
  readonly log: Log;
  readonly transactionOpen: () => boolean;
  /** Prevents a change of the meter during a transaction step. */
  readonly exclusive: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The lifecycle of a meter: connect, poll until a failure, pause, repeat. */
export class MeterLifecycle {
  readonly #deps: MeterLifecycleDeps;
  readonly #failureLog: ProblemLog;
  readonly #report: SetupReport;
  readonly #externalEnd = new ExternalPollEnd();
  readonly #retryPause: RetryPause;
  readonly #stopping = new AbortController();
  readonly #firstSetup = Promise.withResolvers<void>();
  #ended: Promise<void> = Promise.resolve();
  #state: MeterState | undefined;
  /** Whether the meter is disconnected because its line is closed. */
  #lineLost = false;
  readonly #changes = new Waiters();
  readonly #unlisted: UnlistedCode;
  #found: Identified | undefined;
  #skippedCycles = 0;

  constructor(deps: MeterLifecycleDeps) {
    this.#deps = deps;
    this.#failureLog = new ProblemLog(deps.log, deps.time);
    this.#report = new SetupReport(deps);
    this.#retryPause = new RetryPause(deps.options);
    this.#unlisted = new UnlistedCode(deps.options.hasBilled);
  }

  get state(): MeterState {
    return this.#state ?? "connecting";
  }

  get identity(): Identity | undefined {
    return this.#deps.recognition.identity;
  }

  /** Whether the meter answers although it is not online: its last answer was damaged or a refusal. */
  get answersBadly(): boolean {
    return this.#retryPause.answersBadly;
  }

  get skippedCycles(): number {
    return this.#skippedCycles;
  }

  /** Whether the last identified meter has time registers. */
  get hasClock(): boolean {
    return this.#found?.hasClock ?? false;
  }

  /**
   * Waits for up to `withinMs` while the line is closed, and until the meter is recognised after the line was opened
   * again. Undefined: no wait is needed, or the meter is silent on an open line.
   */
  recognised(withinMs: number): Promise<void> | undefined {
    if (!this.#isAwaited) return undefined;
    const { time } = this.#deps;
    return this.#changes.waitWhile(() => this.#isAwaited, { withinMs, time, signal: this.#stopping.signal });
  }

  get #isAwaited(): boolean {
    const { recognition } = this.#deps;
    return recognition.identity !== undefined && (this.#lineLost || !recognition.isCurrent);
  }

  /** Resolves when the first setup has succeeded or failed. */
  get triedOnce(): Promise<void> {
    return this.#firstSetup.promise;
  }

  start(): void {
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
    this.#firstSetup.resolve();
    this.#enter("stopped");
    this.#deps.events.close();
  }

  /** Ends polling; without effect while the meter is not online. */
  endPolling(end: PollEnd): void {
    this.#externalEnd.end(end);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let isSetUp = false; !signal.aborted;) {
      let failure: unknown;
      if (!isSetUp) {
        // A meter with an unknown model is identified repeatedly without a change of its state
        if (!this.#deps.faults.has("ModelUnknown")) this.#enter("connecting");
        failure = await this.#connect();
      }
      if (failure === undefined) {
        const end = await this.#poll(isSetUp);
        isSetUp = false;
        if (end?.kind === "outdated") {
          this.#deps.log.debug(`Setting the meter up again: ${end.reason}`);
          continue;
        }
        failure = end?.failure;
      }
      if (signal.aborted) return;
      this.#lineLost = isClosed(failure);
      this.#raise(failure);
      this.#enter("offline");
      this.#firstSetup.resolve();
      isSetUp = await this.#pause(failure);
      this.#lineLost = false;
    }
  }

  /** @returns why setup failed; undefined: it succeeded, or the meter is stopped */
  async #connect(): Promise<unknown> {
    const { options } = this.#deps;
    const endless = options.initialConnectionRetryCount === 0;
    const registers = this.#deps.registers.with({
      priority: "health",
      attempts: endless ? options.communicationRetryCount : options.initialConnectionRetryCount,
      delayMs: options.initialConnectionRetryDelayMs,
      signal: this.#stopping.signal,
    });
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#setUp(registers);
        this.#firstSetup.resolve();
        return undefined;
      } catch (error) {
        if (this.#stopping.signal.aborted) return undefined;
        if (!endless || isClosed(error)) return error;
        this.#raise(error);
        this.#firstSetup.resolve();
        await this.#awaitAnswer(error, options.initialConnectionRetryDelayMs);
      }
    }
    return undefined;
  }

  async #setUp(registers: RegisterAccess): Promise<void> {
    const { signal } = this.#stopping;
    const { recognition, options, time, clock, exclusive, events } = this.#deps;
    const connection = registers.lineConnection;
    const bound = registers.on(() => connection);
    const known = recognition.identity?.serialNumber ?? options.knownSerialNumber?.();
    const forced = modelNamed(options.model);
    const tools = { known, unnumbered: options.name, time, signal, forced, unlisted: this.#unlisted };
    const found = await identify(bound, tools);
    const { identity } = this.#found = found;
    if (found.hasClock) await clock.setAtSetup(bound, signal);
    if (signal.aborted) return;
    this.#report.report(found);
    const previous = recognition.identity;
    // The meter must not change during a step of a transaction
    await exclusive(() => Promise.resolve(recognition.accept(identity, connection)));
    events.push({ kind: "identified", identity, ...(previous === undefined ? {} : { previous }) });
    this.#enter("online");
  }

  /** @param interrupted no setup before @returns the error that ended the polling; undefined: the meter is stopped */
  async #poll(interrupted: boolean): Promise<PollEnd | undefined> {
    const { options, recognition, readFailures, time, log, events, faults, clock } = this.#deps;
    const registers = this.#deps.registers.on(() => recognition.connection);
    const { identity } = recognition;
    if (identity === undefined || this.#stopping.signal.aborted) return undefined;
    const currentClock = this.hasClock ? clock : undefined;
    const tools = { options, recognition, readFailures, time, log };
    const live = new LivePoll({
      ...tools,
      identity,
      transactionOpen: () => this.#deps.transactionOpen() && identity.billing.able,
      interrupted,
      clock: currentClock,
      onReading: (reading) => {
        faults.clear("CommunicationError");
        this.#retryPause.worked();
        this.#failureLog.over("The meter can be read again");
        events.push({ kind: "reading", reading });
      },
      onOcmfState: (state) => events.push({ kind: "ocmf_state", state }),
      onSkipped: (cycles) => this.#skippedCycles += cycles,
    });
    const mayBillLater = this.#found?.mayBillLater ?? false;
    const tasks: PollTask[] = [
      (signal) => live.run(registers, signal),
      (signal) => watchConnection(registers, recognition, signal, () => this.#recognised()),
      (signal) => this.#externalEnd.wait(signal),
      ...meterWatches(registers, identity, { ...tools, mayBillLater, clock: currentClock, events, faults }),
    ];
    return await runTogether(this.#stopping.signal, tasks);
  }

  /**
   * Pauses, and then sends single requests until the meter answers. If the line was closed, reads the serial number of
   * a known meter as soon as the line is open.
   *
   * @returns whether the meter is already set up
   */
  async #pause(failure: unknown): Promise<boolean> {
    const { registers, recognition, time } = this.#deps;
    const { signal } = this.#stopping;
    if (isClosed(failure) && recognition.identity !== undefined) {
      if (!await awaitReturn(registers, recognition, { time, signal })) return false;
      this.#lineLost = false;
      this.#enter("online");
      this.#recognised();
      return true;
    }
    await this.#awaitAnswer(failure, this.#retryPause.firstMs);
    return false;
  }

  #awaitAnswer(failure: unknown, firstMs: number): Promise<void> {
    const { registers, time } = this.#deps;
    const { signal } = this.#stopping;
    const longestMs = this.#retryPause.longestMs;
    return awaitAnswer(registers.with({ priority: "health" }), { failure, firstMs, longestMs, time, signal });
  }

  #raise(failure: unknown): void {
    const { options, faults, log } = this.#deps;
    if (failure instanceof MeterError && failure.code === "unknown_model") {
      this.#retryPause.worked();
      this.#unlisted.report(failure, { faults, log });
      return;
    }
    const message = `Cannot read meter ${options.name}: ${errorText(failure)}; retrying`;
    this.#retryPause.failed(failure);
    this.#failureLog.failed(message);
    faults.raise("CommunicationError", message);
  }

  #recognised(): void {
    this.#deps.events.push({ kind: "recognised" });
    this.#changes.release();
  }

  #enter(state: MeterState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#changes.release();
    this.#deps.events.push({ kind: "state", state, atMs: this.#deps.time.now() });
  }
}
