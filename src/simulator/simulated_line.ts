import { exceptionAnswer, type RequestFrame, withCrc } from "../modbus/mod.ts";
import { openPseudoTerminal, type PseudoTerminal, type WireSettings, wireTimeMs } from "../../bridge/mod.ts";
import { errorText, type Log, silentLog } from "../base/log.ts";
import { systemTime, type Time } from "../base/time.ts";
import type { Misbehaviour, RequestMatch, Scripted } from "./misbehaviour.ts";
import { MisbehaviourScript } from "./misbehaviour_script.ts";
import type { SimulatedLineOptions, SimulatorDeps } from "./options.ts";
import { PacedSender } from "./paced_sender.ts";
import { kindOf } from "./protocol.ts";
import { RequestLog } from "./request_log.ts";
import { RequestReader } from "./request_reader.ts";
import type { SimulatedMeter } from "./simulated_meter.ts";
import { StableLink } from "./stable_link.ts";
import { FaultyWiring } from "./wiring.ts";

/** A plugged-in adapter. */
interface Adapter {
  readonly terminal: PseudoTerminal;
  readonly sender: PacedSender;
  readonly listening: Promise<void>;
}

/** Simulated meters on a serial line: a pseudo-terminal that answers like real meters, at the speed of a real wire. */
export class SimulatedLine implements AsyncDisposable {
  /** The requests on the line. */
  readonly requests: RequestLog;
  readonly #meters = new Map<number, SimulatedMeter>();
  readonly #wire: WireSettings;
  readonly #options: SimulatedLineOptions;
  readonly #time: Time;
  readonly #log: Log;
  readonly #link: StableLink | undefined;
  readonly #script = new MisbehaviourScript();
  readonly #wiring: FaultyWiring | undefined;
  #adapter: Adapter | undefined;

  /**
   * Opens a line with a plugged-in adapter.
   *
   * @throws {PortError} the system has no pseudo-terminal
   * @throws {Error} the link cannot be created
   */
  static open(
    meters: readonly SimulatedMeter[],
    options: SimulatedLineOptions = {},
    deps: SimulatorDeps = {},
  ): SimulatedLine {
    const line = new SimulatedLine(meters, options, deps);
    line.plug();
    return line;
  }

  private constructor(meters: readonly SimulatedMeter[], options: SimulatedLineOptions, deps: SimulatorDeps) {
    for (const meter of meters) this.add(meter);
    this.#options = options;
    this.#wire = {
      baudrate: options.baudrate ?? 9600,
      parity: options.parity ?? "none",
      stopBits: options.stopBits ?? 1,
    };
    this.#wiring = options.wiring && new FaultyWiring(options.wiring);
    this.#time = deps.time ?? systemTime;
    this.#log = deps.log ?? silentLog;
    this.#link = options.linkPath === undefined ? undefined : new StableLink(options.linkPath);
    this.requests = new RequestLog(options.keepRequests ?? 10_000);
  }

  /** The device to open: the stable link if there is one. Undefined while unplugged without a link. */
  get path(): string | undefined {
    return this.#link?.path ?? this.#adapter?.terminal.path;
  }

  /** Connects a meter and replaces one with the same unit id. */
  add(meter: SimulatedMeter): void {
    this.#meters.set(meter.unit, meter);
  }

  /** Disconnects a meter: its unit id no longer answers. */
  remove(unit: number): void {
    this.#meters.delete(unit);
  }

  /** Makes the next matching request go wrong. */
  misbehave(what: Misbehaviour, match: RequestMatch = {}): Scripted {
    return this.#script.add(what, match);
  }

  /** Sends unsolicited bytes. */
  emit(bytes: Uint8Array): void {
    this.#adapter?.sender.send(bytes, this.#time.mono());
  }

  /** Plugs the adapter in again: a new device with the same link. */
  plug(): void {
    if (this.#adapter !== undefined) return;
    const terminal = openPseudoTerminal();
    try {
      this.#link?.point(terminal.path);
    } catch (error) {
      void terminal.close();
      throw error;
    }
    const sender = new PacedSender(terminal, this.#time, this.#options.paced === false ? undefined : this.#wire);
    this.#adapter = { terminal, sender, listening: this.#listen(terminal, sender) };
  }

  /** Unplugs the adapter: a program that has the device open sees a hang-up. */
  async unplug(): Promise<void> {
    const adapter = this.#adapter;
    if (adapter === undefined) return;
    this.#adapter = undefined;
    this.#link?.remove();
    adapter.sender.stop();
    await adapter.terminal.close();
    await adapter.listening;
    await adapter.sender.idle();
  }

  /** Closes the line. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.unplug();
  }

  async #listen(terminal: PseudoTerminal, sender: PacedSender): Promise<void> {
    const reader = new RequestReader();
    for await (const bytes of this.#arrivals(terminal)) {
      if (this.#options.echo) sender.send(bytes, this.#time.mono());
      for (const request of reader.push(bytes)) this.#handle(request, sender);
    }
  }

  async *#arrivals(terminal: PseudoTerminal): AsyncGenerator<Uint8Array, void, void> {
    const chunk = new Uint8Array(512);
    while (true) {
      try {
        yield chunk.slice(0, await terminal.read(chunk));
      } catch (error) {
        if (this.#adapter?.terminal === terminal) this.#log.error(`Simulated line ended: ${errorText(error)}`);
        return;
      }
    }
  }

  #handle(request: RequestFrame, sender: PacedSender): void {
    const atMs = this.#time.mono();
    const meter = this.#meters.get(request.unit);
    const misbehaviour = meter === undefined ? undefined : this.#script.take(request);
    const answer = meter === undefined ? undefined : answerOf(request, meter, misbehaviour);
    const refused = answer !== undefined && ((answer[1] ?? 0) & 0x80) !== 0;
    const kind = kindOf(request);
    this.requests.add({
      unit: request.unit,
      kind: kind,
      address: request.address,
      words: request.count,
      written: request.data,
      outcome: answer === undefined ? "silent" : refused ? "refused" : "answered",
      ...(refused && { exception: answer[2] ?? 0 }),
      ...(misbehaviour !== undefined && { misbehaviour: misbehaviour.kind }),
      atMs,
    });
    const sent = this.#overWire(request, answer === undefined ? undefined : spoil(answer, misbehaviour));
    if (sent === undefined) return;
    const lateMs = misbehaviour?.kind === "delay" ? misbehaviour.ms : 0;
    sender.send(sent, atMs + lateMs + this.#pauseMs(request));
  }

  #overWire(request: RequestFrame, answer: Uint8Array | undefined): Uint8Array | undefined {
    const { wiring } = this.#options;
    if (this.#wiring === undefined) return answer;
    return this.#wiring.carry(answer, () => wiring?.kind === "doubled" ? wiring.second.respond(request) : undefined);
  }

  /** Time from the arrival of a request, which is immediate on a pseudo-terminal, to the first bit of its answer. */
  #pauseMs(request: RequestFrame): number {
    if (this.#options.paced === false) return 0;
    return wireTimeMs(this.#wire, request.length) + (this.#options.turnaroundMs ?? 5);
  }
}

/** The answer of the meter, or the scripted exception. */
function answerOf(request: RequestFrame, meter: SimulatedMeter, what?: Misbehaviour): Uint8Array | undefined {
  if (what?.kind === "lose_request") return undefined;
  if (what?.kind === "exception") return exceptionAnswer(request.unit, request.function, what.exception);
  return meter.respond(request);
}

/** The bytes of an answer that reach the line. */
function spoil(answer: Uint8Array, what: Misbehaviour | undefined): Uint8Array | undefined {
  switch (what?.kind) {
    case "lose_answer":
      return undefined;
    case "bad_crc":
      return answer.map((byte, index) => index === answer.length - 1 ? byte ^ 0xff : byte);
    case "short":
      return answer.subarray(0, what.bytes);
    case "wrong_unit":
      return withCrc(Uint8Array.of(what.unit, ...answer.subarray(1, -2)));
    case "noise":
      return Uint8Array.of(...what.bytes, ...answer);
    case "foreign":
      return what.bytes;
    default:
      return answer;
  }
}
