import { endpointText } from "../base/endpoint.ts";
import { Feed } from "../base/feed.ts";
import { type Log, silentLog, withFields } from "../base/log.ts";
import { systemTime, type Time } from "../base/time.ts";
import { maxRequestWords } from "../modbus/mod.ts";
import type { Bus, TransferOptions, WriteOptions } from "./bus.ts";
import { atOnceMs } from "./closing_error.ts";
import { OpeningLog, PortError, ReopenPause, SerialPoll, type Tap } from "../../bridge/mod.ts";
import type { ExchangeStats } from "./exchange_stats.ts";
import { LineLoop } from "./line_loop.ts";
import { type LineOptions } from "./line_options.ts";
import { lateAnswersOf, type LineSession, openSession, type SessionDeps } from "./line_session.ts";
import type { LineStats } from "./line_stats.ts";
import type { LineRequest } from "./line_request.ts";
import { transfer } from "./line_transfer.ts";
import { readCostMs, usualTurnaroundMs } from "./timing.ts";

/** A driver takes up to 30 s to close a stuck device; a system call that takes longer than this does not return. */
const deviceCallMs = 60_000;

/** Whether exchanges are possible. */
export type LineState = "closed" | "open";

/** A line was opened or closed. */
export interface LineChange {
  /** The new state. */
  readonly state: LineState;
  /** Why it was closed; undefined after `close`. */
  readonly error?: PortError;
  /** Wall clock in milliseconds. */
  readonly atMs: number;
}

/** Dependencies of a line. */
export interface LineDeps {
  /** @default the machine's own */
  readonly time?: Time;
  /** @default none */
  readonly log?: Log;
  /** Waits for all serial ports of a process. @default a separate one */
  readonly poll?: SerialPoll;
  /** Receives all bytes in both directions. @default none */
  readonly tap?: Tap;
  /** Opens the device or gateway. @default opens the endpoint in the options */
  readonly open?: typeof openSession;
}

/**
 * A line with its meters: one exchange at a time, in order of priority, over a serial port or a gateway. A lost device
 * is opened again as soon as it returns.
 */
export class Line implements Bus {
  /** Name in the configuration. */
  readonly name: string;
  readonly #options: LineOptions;
  readonly #time: Time;
  readonly #openings: OpeningLog;
  readonly #changes = new Feed<LineChange>();
  readonly #stopping = new AbortController();
  readonly #loop: LineLoop;
  readonly #session: SessionDeps;
  readonly #openSession: typeof openSession;
  #life: Promise<void> | undefined;
  #failure: string | undefined;

  /**
   * Creates a line. It is closed until `start`.
   *
   * @param deps `poll` is shared by all lines of a process; `tap` receives all bytes in both directions
   */
  constructor(options: LineOptions, deps: LineDeps = {}) {
    this.name = options.name;
    this.#options = options;
    this.#time = deps.time ?? systemTime;
    const log = withFields(deps.log ?? silentLog, { line: options.name });
    this.#openings = new OpeningLog(log, this.#time, options.endpoint.kind === "serial" ? 0 : atOnceMs);
    const { poll = new SerialPoll(), tap, open = openSession } = deps;
    this.#openSession = open;
    this.#session = { time: this.#time, late: lateAnswersOf(options), poll, tap };
    this.#loop = new LineLoop(options, this.#time);
    this.#loop.refuse(new PortError("failed", "the line was not started"));
  }

  /** Whether exchanges are possible. */
  get state(): LineState {
    return this.#loop.open ? "open" : "closed";
  }

  /** Why the line is closed; undefined: it is open, or was not started. */
  get failure(): string | undefined {
    return this.state === "open" ? undefined : this.#failure;
  }

  get connection(): number {
    return this.#loop.connection;
  }

  connected(after: number, signal?: AbortSignal): Promise<number> {
    return this.#loop.connected(after, signal);
  }

  /** Openings and closings in order, for one reader; ends after `close`. */
  get changes(): AsyncIterable<LineChange> {
    return this.#changes;
  }

  /**
   * Opens the device and keeps it open.
   *
   * @returns why the first attempt failed; more attempts follow with pauses of at most `reopenDelayMs`
   * @throws {TypeError} it was already started
   */
  start(): Promise<PortError | undefined> {
    if (this.#life !== undefined) return Promise.reject(new TypeError(`Line ${this.name} is already started`));
    const first = Promise.withResolvers<PortError | undefined>();
    this.#life = this.#live(first.resolve);
    return first.promise;
  }

  /** Load of the line, and counts of its exchanges. */
  stats(): LineStats {
    return this.#loop.stats();
  }

  /** Counts of the exchanges with one unit. */
  unitStats(unit: number): ExchangeStats {
    return this.#loop.unitStats(unit);
  }

  /** Number of exchanges without an answer of one unit. */
  unitTimeouts(unit: number): number {
    return this.#loop.unitTimeouts(unit);
  }

  /**
   * Usual turnaround of a unit in milliseconds.
   *
   * @returns undefined before its first answer
   */
  turnaroundMs(unit: number): number | undefined {
    return this.#loop.turnaroundMs(unit);
  }

  /**
   * Call it when a unit is no longer used: its counts are removed, and the line counts as failed when all other units
   * are silent. Late answers of the unit are still recognised.
   */
  forgetUnit(unit: number): void {
    this.#loop.forgetUnit(unit);
  }

  /** Milliseconds that a read occupies the line; the turnaround of a unit that has not answered yet counts as 5 ms. */
  readCostMs(unit: number, words: number): number {
    return readCostMs(this.#options, words, this.turnaroundMs(unit) ?? usualTurnaroundMs);
  }

  async read(unit: number, address: number, words: number, options: TransferOptions): Promise<Uint8Array> {
    checkRange(unit, address, words);
    const all = new Uint8Array(words * 2);
    for (let done = 0; done < words; done += maxRequestWords.read) {
      const count = Math.min(maxRequestWords.read, words - done);
      const request = { unit, function: 4, address: address + done, words: count, repeatable: true } as const;
      const part = await this.#transfer(request, options);
      all.set(part, done * 2);
    }
    return all;
  }

  async write(
    unit: number,
    address: number,
    bytes: Uint8Array,
    options: WriteOptions,
  ): Promise<void> {
    if (bytes.length % 2 !== 0) throw new RangeError(`Cannot write ${bytes.length} bytes: a word has two bytes`);
    const words = bytes.length / 2;
    checkRange(unit, address, words);
    for (let done = 0; done < words; done += maxRequestWords.write) {
      const part = bytes.slice(done * 2, (done + maxRequestWords.write) * 2);
      await this.#transfer({
        unit,
        function: 16,
        address: address + done,
        words: part.length / 2,
        bytes: part,
        repeatable: options.repeatable,
      }, options);
    }
  }

  /**
   * Checks that the loop of the line turns. Call it every few seconds: an idle loop is woken, and has turned at the next
   * call. A line without its device, or with meters that do not answer, turns.
   *
   * @returns what the loop does for too long: `waits for an answer of unit 3 for 17 s`; undefined: it turns
   */
  checkProgress(): string | undefined {
    return this.#loop.progress.check();
  }

  /** Finishes the current exchange, rejects waiting ones as closed, and closes the device. */
  async close(): Promise<void> {
    this.#stopping.abort();
    this.#loop.refuse(undefined);
    this.#loop.stop();
    await this.#life;
    this.#changes.close();
  }

  #transfer(request: LineRequest, options: TransferOptions): Promise<Uint8Array> {
    return transfer(this.#loop, request, options, this.#options, this.#time);
  }

  async #live(triedOnce: (error: PortError | undefined) => void): Promise<void> {
    const { signal } = this.#stopping;
    const pause = new ReopenPause(this.#options.reopenDelayMs ?? 1000);
    while (!signal.aborted) {
      let pauseMs: number;
      this.#loop.progress.waits("opens its device", deviceCallMs);
      const session = await this.#open();
      if (session instanceof PortError) {
        triedOnce(session);
        this.#failure = session.message;
        this.#loop.refuse(session);
        this.#openings.failed(`Cannot open the line: ${session.message}`, session);
        pauseMs = pause.after(session, false);
      } else {
        triedOnce(undefined);
        const error = await this.#serve(session);
        pauseMs = pause.after(error, wasUseful(session));
      }
      this.#loop.progress.waits("waits for its device", pauseMs);
      await this.#time.sleep(pauseMs, signal);
    }
    this.#loop.progress.ends();
  }

  async #open(): Promise<LineSession | PortError> {
    try {
      return await this.#openSession(this.#options, this.#session);
    } catch (cause) {
      return this.#portError(cause);
    }
  }

  /**
   * Runs until the device is lost or the line is closed.
   *
   * @returns why the device was lost
   */
  async #serve(session: LineSession): Promise<PortError | undefined> {
    const ended = this.#loop.run(session);
    this.#changes.push({ state: "open", atMs: this.#time.now() });
    const device = endpointText(this.#options.endpoint);
    this.#openings.opened({ text: "Line is open", fields: { device }, useful: () => wasUseful(session) });
    const why = await ended;
    const error = why === undefined ? undefined : this.#portError(why);
    this.#failure = error?.message;
    this.#changes.push({ state: "closed", atMs: this.#time.now(), ...error && { error } });
    if (error === undefined) this.#openings.close();
    else {
      this.#loop.refuse(error);
      this.#openings.failed(`Line is closed: ${error.message}`, error);
    }
    this.#loop.progress.waits("closes its device", deviceCallMs);
    await new Promise((closed) => session.port.close(closed));
    return error;
  }

  #portError(cause: unknown): PortError {
    if (cause instanceof PortError) return cause;
    return new PortError("failed", `The device ${endpointText(this.#options.endpoint)} failed`, { cause });
  }
}

/** Whether the device has sent any bytes. */
function wasUseful({ port }: LineSession): boolean {
  return port.lastByteAt > -Infinity;
}

function checkRange(unit: number, address: number, words: number): void {
  const isInRange = [unit, address, words].every(Number.isInteger) && unit >= 1 && unit <= 255 && address >= 0 &&
    words >= 1;
  if (isInRange && address + words <= 0x10000) return;
  throw new RangeError(`Invalid request: ${words} words at ${address} of unit ${unit} are out of range`);
}
