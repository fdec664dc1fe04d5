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
import { endpointText, type LineOptions } from "./line_options.ts";
import { MbapFraming, RtuFraming } from "../modbus/mod.ts";
import type { ModbusClient } from "./modbus_client.ts";
import { silenceMs } from "./timing.ts";

/** A line's device while it is open, and what is known of its recent past. */
export interface LineSession {
  readonly stream: ByteStream;
  readonly port: ExchangePort;
  readonly client: ModbusClient;
  /** Outlives the session; absent where answers name their requests. */
  readonly late: LateAnswers | undefined;
  /** Silence between two frames. */
  readonly silenceMs: number;
}

/** Reckons with the late answers of a line. */
export function lateAnswersOf(options: LineOptions): LateAnswers {
  return new LateAnswers(options.initialTimeoutMs, options.withinMessageTimeoutMs);
}

/** What a session is opened with. */
export interface SessionDeps {
  readonly time: Time;
  /** What is known of answers that were missing before: a gateway may still pass them on. */
  readonly late: LateAnswers;
  /** Waits for all serial ports. */
  readonly poll: SerialPoll;
  /** Sees all bytes. */
  readonly tap: Tap | undefined;
}

/**
 * Opens a line's device or gateway.
 *
 * @throws {PortError}
 */
export async function openSession(options: LineOptions, deps: SessionDeps): Promise<LineSession> {
  const { time, late, tap } = deps;
  // modbus-serial is loaded with the first line, before its device is open: commands without a line do not need it
  const { ModbusClient } = await import("./modbus_client.ts");
  const opened = await openStream(options, deps);
  const stream = tap === undefined ? opened : tappedStream(opened, tap);
  return sessionOver(stream, (port) => new ModbusClient(port), options, time, late);
}

/** A session over a stream that is open, with a client that `clientOver` makes of its port. */
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
  port.on("stray", (frame) => late.came(frame));
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
