import { endpointText } from "../line/mod.ts";
import { PortError, type RtsSettings, serveSerialPort, type SocketAddress } from "../../bridge/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { serviceLog } from "./log_sink.ts";
import { interruption } from "./interruption.ts";
import { lines } from "./safe_text.ts";

/** What to serve, and where. */
export interface BridgeArguments {
  readonly serialPort: string;
  readonly baudrate: number;
  readonly parity: "none" | "odd" | "even";
  readonly stopBits: 1 | 2;
  /** What RTS is for. @default it is on */
  readonly rts?: RtsSettings;
  readonly listen: SocketAddress;
}

/**
 * Serves a serial port as a stream of bytes until it is interrupted. It needs access to the device and nothing else.
 *
 * @returns the exit code: 130 interrupted, 3 the device cannot be opened or the address is taken
 */
export async function bridge(
  args: BridgeArguments,
  io: Pick<Io, "err" | "background" | "interrupted">,
): Promise<number> {
  const { serialPort: path, baudrate, parity, stopBits, rts, listen } = args;
  const log = serviceLog({ level: "info", format: "text" }, io.background.err, Date.now);
  const exposed = exposure(listen);
  if (exposed !== undefined) log.warn(exposed);
  try {
    const serial = { path, baudrate, parity, stopBits, rtscts: false, ...rts };
    const server = await serveSerialPort({ serial, listen }, { log });
    await interruption(io.interrupted);
    await server.close();
    return exitCode.interrupted;
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    await log.flush();
    io.err(lines(error.message));
    return exitCode.unreachable;
  } finally {
    await log.flush();
  }
}

/**
 * The address in `unix:PATH` or `tcp://HOST:PORT`.
 *
 * @throws {SyntaxError} it is neither, or it can be reached from other machines and that is not allowed
 */
export function listenAddress(
  text: string,
  { allowRemote = false }: { readonly allowRemote?: boolean } = {},
): SocketAddress {
  const address = parsedAddress(text);
  const exposed = exposure(address);
  if (exposed === undefined || allowRemote) return address;
  throw new SyntaxError(`Cannot listen on ${text}: ${exposed}; add --allow-remote if that is intended`);
}

/** What serving on this address gives away; undefined where only this machine reaches it. */
function exposure(address: SocketAddress): string | undefined {
  if (address.kind === "unix" || loopback.test(address.host)) return undefined;
  const who = `whoever reaches ${endpointText(address)} over the network`;
  return `${who} can read and write all meters on the line and end their transactions, without a password or encryption`;
}

/** 127.0.0.0/8 and ::1, and the name for them. */
const loopback = /^((::ffff:)?127(\.\d{1,3}){3}|::1|localhost)$/i;

function parsedAddress(text: string): SocketAddress {
  if (text.startsWith("unix:") && text.length > 5) return { kind: "unix", path: text.slice(5) };
  const [, bracketed, plain, port] = /^tcp:\/\/(?:\[([^\]]+)\]|([^:/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    throw new SyntaxError(`Cannot listen on ${text}: allowed are unix:PATH and tcp://HOST:PORT`);
  }
  return { kind: "tcp", host, port: Number(port) };
}
