import { AbortCalls } from "../base/abort_calls.ts";
import type { Time } from "../base/time.ts";
import type { AnswerShape } from "../modbus/mod.ts";
import type { TransferOptions } from "./bus.ts";
import { closingError } from "./closing_error.ts";
import { Connections } from "./connections.ts";
import type { ExchangeStats } from "./exchange_stats.ts";
import { answerShape, type LineRequest, wireMs } from "./line_request.ts";
import { LineQueue } from "./line_queue.ts";
import type { LineOptions } from "./line_options.ts";
import { noWait, type SecondAnswerWait } from "./late_answers.ts";
import type { LineSession } from "./line_session.ts";
import { LineStatistics, type LineStats } from "./line_stats.ts";
import { LineWatch } from "./line_watch.ts";
import { LoopProgress } from "./loop_progress.ts";
import { type LineRules, LineWork, type Start, type WorkResult } from "./line_work.ts";
import type { Outcome } from "./modbus_client.ts";
import type { Watch } from "./timing.ts";
import { UnitPauses } from "./unit_pauses.ts";

/** The most waits for silence after a damaged frame; then the line is used although it is not silent. */
const maxQuietWaits = 10;
/** The longest time for which work of a silent unit comes last, so that other units wait for one timeout at a time. */
const yieldMs = 1000;
/** The maximum delay of a timer; the stream waits for the last part of a rest. */
const timerGrainMs = 3;

/** Serves the queue of a line while its device is open: one exchange in flight, silence between two. */
export class LineLoop {
  /** Shows whether the loop turns; its user states the waits between two calls of `run`. */
  readonly progress: LoopProgress;
  readonly #options: LineOptions;
  readonly #time: Time;
  readonly #queue = new LineQueue();
  readonly #aborts = new AbortCalls();
  readonly #connections = new Connections();
  readonly #statistics: LineStatistics;
  readonly #watch: LineWatch;
  /** Units without a usable answer in the last exchange. */
  readonly #silent = new Set<number>();
  readonly #pauses = new UnitPauses();
  readonly #rules: LineRules = {
    heldUntil: (shape) => this.#session?.late?.heldUntil(shape),
    restsUntil: (unit, minPauseMs) => this.#pauses.heldUntil(unit, minPauseMs),
    yieldMs: (unit, priority) => priority !== "transaction" && this.#silent.has(unit) ? yieldMs : undefined,
  };
  /** A slow answer extends the exchange with each byte. */
  readonly #answerExtendedTo = () =>
    (this.#session?.port.lastByteAt ?? -Infinity) + this.#options.withinMessageTimeoutMs;
  #session: LineSession | undefined;
  #why: unknown;
  #stopped = false;
  #wake = () => {};

  constructor(options: LineOptions, time: Time) {
    this.#options = options;
    this.#time = time;
    this.progress = new LoopProgress(time);
    this.#statistics = new LineStatistics(time.mono());
    this.#watch = new LineWatch(options.endpoint, time);
  }

  /** Whether exchanges are possible. */
  get open(): boolean {
    return this.#session !== undefined;
  }

  /** See `Bus.connection`. */
  get connection(): number {
    return this.#connections.number;
  }

  /** See `Bus.connected`. */
  connected(after: number, signal?: AbortSignal): Promise<number> {
    return this.#connections.connected(after, signal);
  }

  stats(): LineStats {
    return this.#statistics.at(this.#time.mono());
  }

  /** Counts of the exchanges with one unit. */
  unitStats(unit: number): ExchangeStats {
    return this.#statistics.unit(unit);
  }

  /** See `Bus.unitTimeouts`. */
  unitTimeouts(unit: number): number {
    return this.#statistics.unitTimeouts(unit);
  }

  /** Usual turnaround of a unit in milliseconds; undefined before its first answer. */
  turnaroundMs(unit: number): number | undefined {
    return this.#statistics.turnaroundMs(unit);
  }

  /** See `Line.forgetUnit`. */
  forgetUnit(unit: number): void {
    this.#statistics.forget(unit);
    this.#watch.forget(unit);
    this.#silent.delete(unit);
    this.#pauses.forget(unit);
  }

  /** Sets the reason with which requests fail while the line is closed. */
  refuse(why: unknown): void {
    this.#why = why;
  }

  /**
   * Queues one exchange.
   *
   * @returns its result; `gone` at once while the device is not open, `reopened` if it belongs to another connection.
   * No queued exchange is sent on a later connection.
   * @throws the reason of the signal if it is aborted while the exchange waits
   */
  enqueue(request: LineRequest, options: TransferOptions, start: Start): Promise<WorkResult> {
    if (this.#session === undefined) return Promise.resolve({ kind: "gone", error: this.#why });
    const { connection } = options;
    if (connection !== undefined && connection !== this.connection) return Promise.resolve({ kind: "reopened" });
    const work = new LineWork(request, options, start, this.#rules, this.#time.mono());
    work.watch(this.#aborts, () => this.#queue.remove(work));
    this.#queue.add(work);
    this.#wake();
    return work.result;
  }

  /**
   * Serves the queue until the device is lost or `stop` is called; waiting exchanges then end as `closed`.
   *
   * @returns why the device was lost; undefined after `stop`
   */
  async run(session: LineSession): Promise<unknown> {
    // The device may have been lost right after it was opened, before the first listener
    const openedAt = this.#time.mono();
    const explain = (error: unknown) =>
      closingError(this.#options.endpoint, error, {
        useful: session.port.lastByteAt > -Infinity,
        openMs: this.#time.mono() - openedAt,
      });
    if (!session.port.isOpen) return this.#why = explain(session.port.lostBy);
    let why: unknown;
    session.port.once("close", (error) => {
      this.#why = why = explain(error);
      this.#end();
      this.#wake();
    });
    session.late?.onRelease(() => this.#wake());
    this.#session = session;
    this.#statistics.opened(openedAt);
    this.#connections.opened();
    const silentFrom = () => session.port.lastByteAt + session.silenceMs;
    // Fixed during a silence: noise that does not end must not extend it without end
    let quietAt = 0;
    while (this.#session !== undefined && !this.#stopped) {
      if (this.#queue.empty) {
        await this.#sleep();
        quietAt = silentFrom();
        continue;
      }
      const now = this.#time.mono();
      const left = quietAt - now;
      if (left > 2 * timerGrainMs) await this.#sleep(left - timerGrainMs);
      else {
        session.port.quietAt = quietAt;
        await this.#step(session, now);
        quietAt = silentFrom();
        // The receiver of the answer may request more, which comes before waiting work
        if (this.#queue.empty) continue;
        this.progress.waits("waits for the event loop", 0);
        await session.stream.sleep(0);
      }
    }
    this.#end();
    this.#why = why;
    for (const work of this.#queue.clear()) work.settle({ kind: "gone", error: why });
    return why;
  }

  /** Ends `run` after the current exchange. */
  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  #end(): void {
    this.#session = undefined;
    this.#connections.closed();
  }

  /** Runs the next exchange, or waits until one can run. */
  async #step(session: LineSession, now: number): Promise<void> {
    const next = this.#queue.next(now);
    if (next === undefined) return await this.#sleep();
    if ("wakeAt" in next) return await this.#sleep(next.wakeAt - now);
    const { work } = next;
    session.port.watch = this.#watchFor(work, now);
    const { request, options: { minPauseMs } } = work;
    // Urgent work may come between a probe and the request that needs it
    const probe = session.late?.probe(request, work.shape);
    const start = Math.max(now, session.port.quietAt);
    const outcome = probe === undefined
      ? await this.#exchange(session, request, work.shape, start, minPauseMs)
      : await this.#exchange(session, probe, answerShape(probe), start);
    if (probe === undefined || !isUsable(outcome)) work.settle(outcome);
    else if (!work.rejectIfAborted()) this.#queue.restore(work);
    this.#reopenIfFailed(session, request.unit, outcome);
    if (outcome.kind === "failed") await this.#quiet(session);
  }

  /** A live value on a line that is not busy is not urgent; any other answer is used as soon as it arrives. */
  #watchFor({ options: { priority, deadline = Infinity } }: LineWork, now: number): Watch {
    if (priority !== "live") return "awaited";
    if (now > deadline || this.#statistics.isBusy(now)) return "exact";
    if (this.#statistics.isMostlyIdle(now)) return this.#queue.hasUrgentWork ? "exact" : "relaxed";
    // On a line that is used more, relaxed waits would delay the values of the next meter
    return this.#queue.empty ? "relaxed" : "exact";
  }

  /** Ends the session if the device no longer works. */
  #reopenIfFailed({ port }: LineSession, unit: number, outcome: Outcome): void {
    if (!port.isOpen) return;
    const why = this.#watch.after(unit, outcome, port.lastByteAt);
    if (why !== undefined) port.abort(why);
  }

  async #exchange(
    { late, port, client }: LineSession,
    request: LineRequest,
    shape: AnswerShape,
    start: number,
    minPauseMs?: number,
  ): Promise<Outcome> {
    const secondAnswerWait = late?.secondAnswerWait(shape, start);
    if (secondAnswerWait !== undefined) port.waitForSecondAnswer(secondAnswerWait);
    this.#waitForAnswer(request, start, secondAnswerWait);
    this.#statistics.began(start);
    const ended = await client.exchange(request);
    const outcome: Outcome = ended.kind === "gone" ? { kind: "gone", error: this.#why ?? ended.error } : ended;
    const end = this.#time.mono();
    const usable = isUsable(outcome);
    const turnaroundMs = end - start - wireMs(request, this.#options);
    const plain = outcome.kind === "answered" && (secondAnswerWait === undefined || secondAnswerWait.answerMs === 0);
    this.#statistics.count({
      unit: request.unit,
      start,
      end,
      outcome,
      turnaroundMs: plain ? turnaroundMs : undefined,
    });
    this.#pauses.ended({ unit: request.unit, minPauseMs, start, end, usable });
    if (usable) this.#silent.delete(request.unit);
    else this.#silent.add(request.unit);
    if (outcome.kind === "failed") late?.missed(shape, end, outcome.failure.canArriveLate);
    if (usable) late?.ended(shape, outcome.kind === "refused");
    if (usable && secondAnswerWait?.exceptionMs === 0) late?.setTurnaround(request.unit, turnaroundMs);
    return outcome;
  }

  /** States how long an exchange can last. */
  #waitForAnswer(request: LineRequest, start: number, second: SecondAnswerWait = noWait): void {
    const secondMs = Math.max(second.answerMs, second.exceptionMs);
    const answerMs = wireMs(request, this.#options) + this.#options.initialTimeoutMs + secondMs;
    this.progress.waitsForAnswer(request.unit, start, answerMs, this.#answerExtendedTo);
  }

  /** Waits after a damaged frame until the line is silent for longer than a pause inside an answer. */
  async #quiet({ port, silenceMs }: LineSession): Promise<void> {
    const quietMs = Math.max(silenceMs, this.#options.withinMessageTimeoutMs);
    const deadline = this.#time.mono() + maxQuietWaits * quietMs;
    while (port.isOpen && !this.#stopped) {
      const now = this.#time.mono();
      const left = Math.min(port.lastByteAt + quietMs, deadline) - now;
      if (left <= 0) return;
      await this.#sleep(left);
    }
  }

  /** Sleeps for `ms`, or until the queue or the state has changed. */
  #sleep(ms?: number): Promise<void> {
    if (ms === undefined) {
      return new Promise((resolve) => {
        this.#wake = resolve;
        this.progress.idles(resolve);
      });
    }
    this.progress.waits("waits for its next exchange", ms);
    const woken = new AbortController();
    // With a given reason, no exception object is created
    this.#wake = () => woken.abort("woken");
    return this.#time.sleep(ms, woken.signal);
  }
}

function isUsable({ kind }: Outcome): boolean {
  return kind === "answered" || kind === "refused";
}
