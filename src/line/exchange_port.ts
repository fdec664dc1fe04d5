import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import type { Time } from "../base/time.ts";
import { ArrivalTimes } from "./arrival_times.ts";
import {
  type ByteStream,
  minSleepMs,
  PortError,
  type Precision,
  type WireSettings,
  wireTimeMs,
} from "../../bridge/mod.ts";
import { answerBytesTo, type Failure, type Framing, type Progress } from "../modbus/mod.ts";
import { noWait, type SecondAnswerWait } from "./late_answers.ts";
import type { Watch } from "./timing.ts";
import { garbageText } from "./framing_advice.ts";
import { Watchdog } from "../base/watchdog.ts";

/** The first read of an awaited answer is earlier by this time, so that its last byte arrives during the read. */
const earlierMs = 0.15;
/** The shortest wait: bytes that should have arrived are also a busy wait. */
const minReadDelayMs = 0.1;

/** The time limits of an answer. */
export interface AnswerTimes extends WireSettings {
  /** Wait for the first byte beyond the time of request and answer on the wire. */
  readonly initialTimeoutMs: number;
  /** Longest silence inside an answer. */
  readonly withinMessageTimeoutMs: number;
}

interface Exchange {
  readonly startedAt: number;
  readonly unit: number;
  /** Length of the requested answer. */
  readonly answerBytes: number;
  /** Monotonic time by which the first byte is due. */
  readonly firstByteBy: number;
  readonly wait: SecondAnswerWait;
  /** Whether the first read is at the expected time of the complete answer. */
  readonly isTimed: boolean;
  reads: number;
  /** Earliest known monotonic time of the last byte. */
  completeAt: number;
  answer: Uint8Array | undefined;
}

interface PortEvents {
  /** A complete and checked RTU frame with the answer to the request. */
  data: [Buffer];
  /** The exchange ended without a usable answer. */
  failure: [Failure];
  /** A complete frame that belongs to no exchange. */
  unexpected: [Uint8Array];
  /** The stream is lost or was closed. */
  close: [unknown?];
  error: [Error];
}

/**
 * The port for modbus-serial: `new ModbusRTU(port)`. Accepts one request at a time and returns one complete answer, or
 * the reason why there is none.
 */
export class ExchangePort extends EventEmitter<PortEvents> {
  /** Monotonic time from which the line is silent long enough for the next request. */
  quietAt = 0;
  /** How exactly the next exchange reads the line. */
  watch: Watch = "exact";
  readonly #stream: ByteStream;
  readonly #framing: Framing;
  readonly #times: AnswerTimes;
  readonly #time: Time;
  readonly #watchdog: Watchdog;
  readonly #arrivalTimes = new ArrivalTimes();
  #open = false;
  #exchange: Exchange | undefined;
  /** Whether the stream has not yet accepted the whole request. */
  #sending = false;
  #wait: SecondAnswerWait = noWait;
  #lastByteAt = -Infinity;
  #lostBy: unknown;

  readonly #sent = () => {
    this.#sending = false;
  };
  readonly #notSent = (error: unknown) => this.#lost(error);

  /** @param stream open; closed with this port */
  constructor(stream: ByteStream, framing: Framing, times: AnswerTimes, time: Time) {
    super();
    this.#stream = stream;
    this.#framing = framing;
    this.#times = times;
    this.#time = time;
    this.#watchdog = new Watchdog(time, () => this.#timeUp());
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Monotonic time of the last received byte, of any kind. */
  get lastByteAt(): number {
    return this.#lastByteAt;
  }

  /** Why the stream was lost; undefined: it was not. */
  get lostBy(): unknown {
    return this.#lostBy;
  }

  /** Starts to read. */
  open(done?: (error: Error | null) => void): void {
    this.#open = true;
    void this.#pump();
    done?.(null);
  }

  /** Also closes the stream. */
  close(done?: (error: Error | null) => void): void {
    this.#end();
    this.#stream.close().then(() => done?.(null), (error: Error) => done?.(error));
  }

  /** Ends as after a lost stream, with `error` as the reason; the caller closes the stream. */
  abort(error: PortError): void {
    this.#lost(error);
  }

  /** Sets how long the next exchange waits for a second answer before it accepts the first one. */
  waitForSecondAnswer(wait: SecondAnswerWait): void {
    this.#wait = wait;
  }

  get #precision(): Precision {
    return this.watch === "awaited" ? "exact" : this.watch;
  }

  /**
   * Sends a request as soon as the line is silent, and waits for its answer.
   *
   * @param request a whole RTU frame
   */
  write(request: Uint8Array): void {
    if (this.#sending) return this.#stuck();
    const restMs = this.quietAt - this.#time.mono();
    if (restMs <= 0) return this.#send(request);
    this.#stream.sleep(restMs, this.#precision).then(() => {
      if (this.#open) this.#send(request);
    });
  }

  #send(request: Uint8Array): void {
    this.#stream.discardInput();
    const sent = this.#framing.begin(request);
    const [unit = 0] = request;
    const bytes = answerBytesTo(request);
    const startedAt = this.#time.mono();
    // First send the request, then do the rest: the line is waiting
    this.#sending = true;
    const taken = this.#stream.write(sent);
    const firstByteBy = startedAt + wireTimeMs(this.#times, request.length + bytes) + this.#times.initialTimeoutMs;
    // Without this limit, an answer that was late once would be read only after its timeout
    const latestReadMs = firstByteBy - startedAt - this.#times.initialTimeoutMs / 2;
    const expectedMs = (this.#arrivalTimes.expectedMs(unit, bytes) ?? 0) - (this.watch === "awaited" ? earlierMs : 0);
    const readMs = Math.min(expectedMs, latestReadMs);
    const isTimed = this.#expectBytes(startedAt + readMs - this.#time.mono(), bytes);
    this.#exchange = {
      startedAt,
      unit,
      answerBytes: bytes,
      firstByteBy,
      wait: this.#wait,
      isTimed,
      reads: 0,
      completeAt: Infinity,
      answer: undefined,
    };
    this.#wait = noWait;
    this.#watchdog.set(firstByteBy);
    taken.then(this.#sent, this.#notSent);
  }

  /** A wake-up for every few bytes costs more than the work itself. @returns whether the line is not read before */
  #expectBytes(ms: number, bytes: number): boolean {
    this.#stream.expectBytes(Math.max(0, ms), bytes, this.#precision);
    return ms >= minSleepMs;
  }

  async #pump(): Promise<void> {
    const chunk = new Uint8Array(1024);
    try {
      while (this.#open) {
        const bytes = await this.#stream.read(chunk);
        if (bytes > 0) this.#lastByteAt = this.#time.mono();
        if (this.#exchange !== undefined) this.#exchange.reads++;
        this.#advance(this.#framing.take(chunk.subarray(0, bytes)));
        for (const frame of this.#framing.takeUnexpected()) this.emit("unexpected", frame);
      }
    } catch (error) {
      this.#lost(error);
    }
  }

  #advance(progress: Progress): void {
    const exchange = this.#exchange;
    if (progress.kind === "garbage") {
      if (exchange !== undefined) this.#fail(progress.failure);
      return this.abort(new PortError("gone", garbageText(progress.failure)));
    }
    if (exchange === undefined) return;
    if (progress.kind === "answer") return this.#answered(exchange, progress.frame);
    if (progress.kind === "failed") return this.#fail(progress.failure);
    if (exchange.answer !== undefined) return;
    const { withinMessageTimeoutMs } = this.#times;
    // The silence begins when the next byte could have arrived
    const silenceBy = this.#lastByteAt + wireTimeMs(this.#times, 1) + withinMessageTimeoutMs;
    this.#watchdog.set(progress.inside ? silenceBy : Math.max(silenceBy, exchange.firstByteBy));
    if (!progress.inside) return;
    // The next bytes need time on the wire, so the read continues when the last one is due
    const completeAt = this.#lastByteAt + wireTimeMs(this.#times, progress.missing - 1);
    // After a wait the first bytes arrived some time ago, so a time computed only from them would be too late
    exchange.completeAt = Math.min(exchange.completeAt, completeAt);
    const dueMs = Math.max(minReadDelayMs, exchange.completeAt - this.#lastByteAt);
    this.#expectBytes(Math.min(dueMs, withinMessageTimeoutMs / 2), progress.missing);
  }

  #answered(exchange: Exchange, frame: Uint8Array): void {
    const exception = (frame[1] ?? 0) > 0x80;
    const waitMs = exception ? exchange.wait.exceptionMs : exchange.wait.answerMs;
    if (exchange.answer !== undefined) {
      this.emit("unexpected", frame);
      this.#fail({ code: "unexpected_answer", what: "two answers, one to an earlier request", canArriveLate: false });
    } else if (waitMs === 0) {
      if (!exception) this.#recordArrival(exchange);
      this.#deliver(frame);
    } else {
      exchange.answer = frame;
      this.#watchdog.set(this.#time.mono() + waitMs);
      // The second answer may have arrived in the same read
      this.#advance(this.#framing.take(new Uint8Array(0)));
    }
  }

  #recordArrival({ unit, answerBytes, startedAt, isTimed, reads }: Exchange): void {
    const wasFirstRead = isTimed ? reads === 1 && !this.#stream.sawArrival : undefined;
    const wasExact = this.#precision === "exact";
    this.#arrivalTimes.add(unit, answerBytes, this.#lastByteAt - startedAt, wasFirstRead, wasExact);
  }

  #timeUp(): void {
    const exchange = this.#exchange;
    if (exchange?.answer !== undefined) this.#deliver(exchange.answer);
    else if (this.#sending) this.#stuck();
    else if (exchange !== undefined) this.#fail(this.#framing.expire());
  }

  /** If a request is not accepted by its deadline, all later ones would wait behind it. */
  #stuck(): void {
    const causes = "the adapter is stuck, flow control (rtscts) stops it, or the gateway does not read";
    this.abort(new PortError("stuck", `The device did not accept a request in time: ${causes}; it is reopened`));
  }

  #deliver(frame: Uint8Array): void {
    this.#endExchange();
    // After a failure more bytes can arrive, and the line waits for silence; after an answer none are expected
    this.#stream.idle();
    this.emit("data", Buffer.from(frame.buffer, frame.byteOffset, frame.length));
  }

  #fail(failure: Failure): void {
    this.#endExchange();
    this.emit("failure", failure);
  }

  #endExchange(): void {
    this.#exchange = undefined;
    this.#watchdog.clear();
    this.#framing.finish();
  }

  #lost(error: unknown): void {
    if (!this.#open) return;
    this.#lostBy = error;
    this.#end();
    this.emit("close", error);
  }

  #end(): void {
    this.#open = false;
    this.#exchange = undefined;
    this.#watchdog.stop();
    this.#stream.discardOutput();
  }
}
