import { AbortCalls } from "../base/abort_calls.ts";
import type { Time } from "../base/time.ts";
import type { AnswerShape } from "../modbus/mod.ts";
import { closingError } from "./closing_error.ts";
import { Connections } from "./connections.ts";
import type { ExchangeStats } from "./exchange_stats.ts";
import { answerShape, type LineRequest, wireMs } from "./line_request.ts";
import { LineQueue } from "./line_queue.ts";
import type { LineOptions } from "./line_options.ts";
import type { Watch } from "./exchange_port.ts";
import type { LineSession } from "./line_session.ts";
import { LineStatistics, type LineStats } from "./line_stats.ts";
import { LineWatch } from "./line_watch.ts";
import { type LineRules, LineWork, type WorkPlan, type WorkResult } from "./line_work.ts";
import type { Outcome } from "./modbus_client.ts";
import { UnitPauses } from "./unit_pauses.ts";

/** A line that never falls silent after a bad frame is used all the same after this many quiet times. */
const maxQuietWaits = 10;
/** A silent unit's work goes after all other for so long at most, so that they wait for one timeout at a time. */
const yieldMs = 1000;
/** Timers end up to this much too late: the last part of a rest is left to the stream. */
const timerGrainMs = 3;

/** Serves the queue of a line while its device is open: one exchange in flight, silence between two. */
export class LineLoop {
  readonly #options: LineOptions;
  readonly #time: Time;
  readonly #queue = new LineQueue<LineWork>();
  readonly #aborts = new AbortCalls();
  readonly #connections = new Connections();
  readonly #statistics: LineStatistics;
  readonly #watch: LineWatch;
  /** Units whose last exchange got no usable answer. */
  readonly #silent = new Set<number>();
  readonly #pauses = new UnitPauses();
  readonly #rules: LineRules = {
    heldUntil: (shape) => this.#session?.late?.heldUntil(shape),
    restsUntil: (unit, leastPauseMs) => this.#pauses.heldUntil(unit, leastPauseMs),
    yieldMs: (unit, priority) => priority !== "transaction" && this.#silent.has(unit) ? yieldMs : undefined,
  };
  #session: LineSession | undefined;
  #why: unknown;
  #stopped = false;
  #wake = () => {};

  constructor(options: LineOptions, time: Time) {
    this.#options = options;
    this.#time = time;
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

  /** What became of the exchanges with one unit. */
  unitStats(unit: number): ExchangeStats {
    return this.#statistics.unit(unit);
  }

  /** See `Bus.unitTimeouts`. */
  unitTimeouts(unit: number): number {
    return this.#statistics.unitTimeouts(unit);
  }

  /** How long a unit takes as a rule until it answers, in milliseconds; undefined before its first answer. */
  turnaroundMs(unit: number): number | undefined {
    return this.#statistics.turnaroundMs(unit);
  }

  /** Tells those who ask from now on why the line is closed. */
  refuse(why: unknown): void {
    this.#why = why;
  }

  /**
   * Queues one exchange.
   *
   * @returns how it ended; `closed` at once while the device is not open, `reopened` when it is for another connection.
   * What is queued never outlives its connection.
   * @throws the signal's reason, when it is aborted while the exchange still waits
   */
  enqueue(plan: WorkPlan): Promise<WorkResult> {
    if (this.#session === undefined) return Promise.resolve({ kind: "closed", error: this.#why });
    const { connection } = plan;
    if (connection !== undefined && connection !== this.connection) return Promise.resolve({ kind: "reopened" });
    const work = new LineWork(plan, this.#rules, this.#time.mono());
    work.wait(this.#queue, this.#aborts);
    this.#wake();
    return work.result;
  }

  /**
   * Works through the queue until the device goes away or `stop` is called; what waits then is settled as closed.
   *
   * @returns why the device went away; undefined after `stop`
   */
  async run(session: LineSession): Promise<unknown> {
    // The device may have gone right after it was opened, before anybody could be told
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
    this.#connections.opened();
    let quietAt = 0;
    while (this.#session !== undefined && !this.#stopped) {
      const now = this.#time.mono();
      const left = quietAt - now;
      if (left > 0 && this.#queue.empty) await this.#sleep();
      else if (left > 2 * timerGrainMs) await this.#sleep(left - timerGrainMs);
      else {
        session.port.quietAt = quietAt;
        await this.#step(session, now);
        quietAt = session.port.lastByteAt + session.silenceMs;
        // Who got the answer may ask for more, and go before those that wait.
        if (!this.#queue.empty) await session.stream.rest(0);
      }
    }
    this.#end();
    this.#why = why;
    for (const work of this.#queue.clear()) work.settle({ kind: "closed", error: why });
    return why;
  }

  /** Ends `run` once the exchange in flight is through. */
  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  #end(): void {
    this.#session = undefined;
    this.#connections.closed();
  }

  /** Does what can be done now, or waits until something can. */
  async #step(session: LineSession, now: number): Promise<void> {
    const next = this.#queue.next(now);
    if (next === undefined) return await this.#sleep();
    if ("wakeAt" in next) return await this.#sleep(next.wakeAt - now);
    const { work } = next;
    session.port.watch = this.#watchFor(work, now);
    const probe = session.late?.probe(work.plan.request, work.shape);
    const outcome = probe === undefined
      ? await this.#exchange(session, work.plan, work.shape)
      : await this.#probe(session, probe);
    if (probe !== undefined && isUsable(outcome)) work.returnTo(this.#queue);
    else work.settle(outcome);
    this.#judge(session, work.plan.request.unit, outcome);
    if (outcome.kind === "failed") await this.#quiet(session);
  }

  /** Nobody waits for a live value on a line that has time to spare; any other answer is used as soon as it is there. */
  #watchFor({ priority, deadline = Infinity }: LineWork, now: number): Watch {
    if (priority !== "live") return "awaited";
    return this.#queue.empty && now <= deadline && !this.#statistics.isBusy(now) ? "spare" : "exact";
  }

  /** What is urgent may come between a probe and what it was sent for. */
  #probe(session: LineSession, probe: LineRequest): Promise<Outcome> {
    const { unit, address, words } = probe;
    const run: WorkPlan["run"] = (client) => client.read(unit, address, words);
    return this.#exchange(session, { request: probe, run }, answerShape(probe));
  }

  /** Gives the device up when it no longer works. */
  #judge({ port }: LineSession, unit: number, outcome: Outcome): void {
    if (!port.isOpen) return;
    const why = this.#watch.after(unit, outcome, port.lastByteAt);
    if (why !== undefined) port.giveUp(why);
  }

  async #exchange(
    { late, port, client }: LineSession,
    { request, run, leastPauseMs }: Pick<WorkPlan, "request" | "run" | "leastPauseMs">,
    shape: AnswerShape,
  ): Promise<Outcome> {
    const start = Math.max(this.#time.mono(), port.quietAt);
    const doubt = late?.doubt(shape, start);
    if (doubt !== undefined) port.doubtNext(doubt);
    const ended = await run(client);
    const outcome: Outcome = ended.kind === "gone" ? { kind: "gone", error: this.#why ?? ended.error } : ended;
    const end = this.#time.mono();
    const usable = isUsable(outcome);
    const turnaroundMs = end - start - wireMs(request, this.#options);
    const plain = outcome.kind === "answered" && (doubt === undefined || doubt.answerMs === 0);
    this.#statistics.count({
      unit: request.unit,
      start,
      end,
      outcome,
      turnaroundMs: plain ? turnaroundMs : undefined,
    });
    this.#pauses.ended({ unit: request.unit, leastPauseMs, start, end, usable });
    if (usable) this.#silent.delete(request.unit);
    else this.#silent.add(request.unit);
    if (outcome.kind === "failed") late?.missed(shape, end, outcome.failure.owed);
    if (usable) late?.ended(shape, outcome.kind === "refused");
    if (usable && doubt?.exceptionMs === 0) late?.took(request.unit, turnaroundMs);
    return outcome;
  }

  /** Waits after a bad frame until nothing has come for as long as an answer may pause. */
  async #quiet({ port, silenceMs }: LineSession): Promise<void> {
    const quietMs = Math.max(silenceMs, this.#options.withinMessageTimeoutMs);
    const giveUpAt = this.#time.mono() + maxQuietWaits * quietMs;
    while (port.isOpen && !this.#stopped) {
      const now = this.#time.mono();
      const left = Math.min(port.lastByteAt + quietMs, giveUpAt) - now;
      if (left <= 0) return;
      await this.#sleep(left);
    }
  }

  /** Sleeps until `ms` are over or something has changed. */
  #sleep(ms?: number): Promise<void> {
    if (ms === undefined) return new Promise((resolve) => this.#wake = resolve);
    const woken = new AbortController();
    // With a reason of its own no exception is made for it.
    this.#wake = () => woken.abort("woken");
    return this.#time.sleep(ms, woken.signal);
  }
}

function isUsable({ kind }: Outcome): boolean {
  return kind === "answered" || kind === "refused";
}
