/**
 * Bytes and lines: serial ports, pseudo-terminals, Modbus RTU framing, the queue of a line, gateways.
 *
 * @module
 */
export { exceptionAnswer, readAnswer, writeAnswer } from "./answer_frame.ts";
export { type Bus, priorities, type Priority, type TransferOptions } from "./bus.ts";
export { clockSynchronised } from "./clock_sync.ts";
export { crc16, withCrc } from "./crc16.ts";
export { denoBinding } from "./deno_binding.ts";
export { LineError, type LineErrorCode, ModbusError, PortError, type PortErrorCode } from "./errors.ts";
export { type ExchangeErrorKind, exchangeErrorKinds, type ExchangeStats, type LatencyStats } from "./exchange_stats.ts";
export { Line, type LineChange, type LineDeps, type LineState } from "./line.ts";
export { type Endpoint, endpointText, type LineOptions } from "./line_options.ts";
export { type LineStats } from "./line_stats.ts";
export { openPseudoTerminal, type PseudoTerminal } from "./pseudo_terminal.ts";
export { type ParsedRequest, parseRequest, type RequestFrame } from "./request_frame.ts";
export { type Rs485Settings, type RtsSettings } from "./rts.ts";
export { SerialPoll } from "./serial_poll.ts";
export { type SerialServer, type SerialServerOptions, serveSerialPort } from "./serve_serial_port.ts";
export { type SerialSettings } from "./open_serial_port.ts";
export { type SocketAddress } from "./socket_stream.ts";
export { type Tap } from "./tapped_stream.ts";
export { watchWrites, writeFailpoints } from "./watch_writes.ts";
export { bitsPerCharacter, readCostMs, silenceMs, usualTurnaroundMs, type WireSettings, wireTimeMs } from "./wire.ts";
