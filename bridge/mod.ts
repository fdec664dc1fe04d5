/**
 * Byte transport: serial ports, pseudo-terminals, byte streams over sockets, and a serial port that is served on a
 * socket.
 *
 * @module
 */
export { type ByteStream, minSleepMs, type Precision } from "./byte_stream.ts";
export { denoBinding } from "./deno_binding.ts";
export { PortError, type PortErrorCode, portErrorCodes } from "./errors.ts";
export { openSerialPort, type SerialSettings } from "./open_serial_port.ts";
export { OpeningLog } from "./opening_log.ts";
export { openPseudoTerminal, type PseudoTerminal } from "./pseudo_terminal.ts";
export { ReopenPause } from "./reopen_pause.ts";
export { type Rs485Settings, type RtsSettings } from "./rts.ts";
export { SerialPoll } from "./serial_poll.ts";
export { type SerialServer, type SerialServerOptions, serveSerialPort } from "./serve_serial_port.ts";
export { connectSocket } from "./socket_stream.ts";
export { type Tap, tappedStream } from "./tapped_stream.ts";
export { bitsPerCharacter, type WireSettings, wireTimeMs } from "./wire.ts";
