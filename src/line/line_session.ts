import { endpointText } from "../base/endpoint.ts";
import type { Time } from "../base/time.ts";
import {
  type ByteStream,
  connectSocket,
  openSerialPort,
  type SerialPoll,
  type Tap,
  tappedStream,
} from "../../bridge/mod.ts";
import { ExchangePort } from "./exchange_port.ts";
import { LateAnswers } from "./late_answers.ts";
import { type LineOptions } from "./line_options.ts";
import { MbapFraming, RtuFraming } from "../modbus/mod.ts";
import type { ModbusClient } from "./modbus_client.ts";
import { silenceMs } from "./timing.ts";

/** The open device of a line, and its recent history. */
export interface LineSession {
  readonly stream: ByteStream;
  readonly port: ExchangePort;
  readonly client: ModbusClient;
  /** Kept across sessions; undefined: answers name their requests. */
  readonly late: LateAnswers | undefined;
  /** Silence between two frames. */
  readonly silenceMs: number;
}

/** Creates the tracker of late answers of a line. */
export function lateAnswersOf(options: LineOptions): LateAnswers {
  return new LateAnswers(options.initialTimeoutMs, options.withinMessageTimeoutMs);
}

/** Dependencies of a session. */
export interface SessionDeps {
  readonly time: Time;
  /** Answers that were missing in an earlier session: a gateway may still deliver them. */
  readonly late: LateAnswers;
  /** Waits for all serial ports. */
  readonly poll: SerialPoll;
  /** Receives all bytes. */
  readonly tap: Tap | undefined;
}

/** Loads modbus-serial. Otherwise the first line loads it, because commands without a line do not need it. */
export function loadLineCode(): Promise<typeof import("./modbus_client.ts")> {
  return import("./modbus_client.ts");
}

/**
 * Opens the device or gateway of a line.
 *
 * @throws {PortError}
 */
export async function openSession(options: LineOptions, deps: SessionDeps): Promise<LineSession> {
  const { time, late, tap } = deps;
  const { ModbusClient } = await loadLineCode();
  const opened = await openStream(options, deps);
  const stream = tap === undefined ? opened : tappedStream(opened, tap);
  return sessionOver(stream, (port) => new ModbusClient(port), options, time, late);
}

/** Creates a session with an open stream; `clientOver` creates the client of its port. */
export function sessionOver(
  stream: ByteStream,
  clientOver: (port: ExchangePort) => ModbusClient,
  options: LineOptions,
  time: Time,
  late: LateAnswers,
): LineSession {
  if (options.endpoint.kind === "modbus-tcp") {
    const port = new ExchangePort(stream, new MbapFraming(), options, time);
    return { stream, port, client: clientOver(port), late: undefined, silenceMs: 0 };
  }
  const port = new ExchangePort(stream, new RtuFraming(options.ignoreEcho), options, time);
  port.on("unexpected", (frame) => late.arrived(frame));
  return { stream, port, client: clientOver(port), late, silenceMs: silenceMs(options) };
}

async function openStream(options: LineOptions, { time, poll }: SessionDeps): Promise<ByteStream> {
  const { endpoint } = options;
  switch (endpoint.kind) {
    case "serial":
      return await openSerialPort({ ...options, path: endpoint.path }, poll);
    case "unix":
      return await connectSocket(endpoint, endpointText(endpoint), time);
    case "tcp":
    case "modbus-tcp":
      return await connectSocket({ ...endpoint, kind: "tcp" }, endpointText(endpoint), time);
  }
}
