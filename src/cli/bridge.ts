import { endpointText, type SocketAddress } from "../base/endpoint.ts";
import { isLoopback } from "../base/loopback.ts";
import { aborted } from "../base/waits.ts";
import { PortError, type RtsSettings, serveSerialPort } from "../../bridge/mod.ts";
import { endCode, exitCode, type Io } from "./io.ts";
import { serviceLog } from "./log_sink.ts";
import { lines } from "./safe_text.ts";

/** The serial port to serve, and the address to serve it on. */
export interface BridgeArguments {
  readonly serialPort: string;
  readonly baudrate: number;
  readonly parity: "none" | "odd" | "even";
  readonly stopBits: 1 | 2;
  /** Use of the RTS signal. @default on */
  readonly rts?: RtsSettings;
  readonly listen: SocketAddress;
}

/**
 * Serves a serial port as a stream of bytes until it is interrupted. It needs access to the device only.
 *
 * @returns the exit code: 0 ended by SIGTERM, 130 interrupted, 3 the device cannot be opened or the address is in use
 */
export async function bridge(
  args: BridgeArguments,
  io: Pick<Io, "err" | "background" | "interrupted">,
): Promise<number> {
  const { serialPort: path, baudrate, parity, stopBits, rts, listen } = args;
  const log = serviceLog({ level: "info", format: "text" }, io.background.err, Date.now);
  const exposed = exposureWarning(listen);
  if (exposed !== undefined) log.warn(exposed);
  try {
    const serial = { path, baudrate, parity, stopBits, rtscts: false, ...rts };
    const server = await serveSerialPort({ serial, listen }, { log });
    await aborted(io.interrupted);
    await server.close();
    return endCode(io.interrupted);
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
 * Parses `unix:PATH` or `tcp://HOST:PORT`.
 *
 * @throws {SyntaxError} the address is invalid, or other machines can reach it and `allowRemote` is not set
 */
export function listenAddress(
  text: string,
  { allowRemote = false }: { readonly allowRemote?: boolean } = {},
): SocketAddress {
  const address = parsedAddress(text);
  const exposed = exposureWarning(address);
  if (exposed === undefined || allowRemote) return address;
  throw new SyntaxError(`Cannot listen on ${text}: add --allow-remote to allow this. ${exposed}`);
}

/** A warning about what others can do at this address; undefined if only this machine can reach it. */
function exposureWarning(address: SocketAddress): string | undefined {
  if (address.kind === "unix" || isLoopback(address.host)) return undefined;
  const who = `Everyone who can reach ${endpointText(address)} over the network`;
  return `${who} can read and ` +
    "write all meters on the line and end their transactions: there is no password or encryption";
}

function parsedAddress(text: string): SocketAddress {
  if (text.startsWith("unix:") && text.length > 5) return { kind: "unix", path: text.slice(5) };
  const [, bracketed, plain, port] = /^tcp:\/\/(?:\[([^\]]+)\]|([^:/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    throw new SyntaxError(`Cannot listen on ${text}: allowed are unix:PATH and tcp://HOST:PORT`);
  }
  return { kind: "tcp", host, port: Number(port) };
}
