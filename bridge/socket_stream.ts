import { setImmediate } from "node:timers";
import type { SocketAddress } from "../src/base/endpoint.ts";
import { errorText } from "../src/base/log.ts";
import type { Time } from "../src/base/time.ts";
import type { ByteStream } from "./byte_stream.ts";
import { PortClosedError, PortError } from "./errors.ts";

const connectTimeoutMs = 5000;
/** The maximum delay of a timer; a few extra wake-ups for the last bytes are cheaper than a late answer. */
const timerGrainMs = 3.5;

/**
 * Connects to a gateway.
 *
 * @param name the gateway as text, for messages
 * @throws {PortError} not_found: no program listens there; permission_denied; failed
 */
export async function connectSocket(address: SocketAddress, name: string, time: Time): Promise<ByteStream> {
  try {
    return new SocketStream(await connect(address, time), name, time);
  } catch (cause) {
    throw connectError(name, cause);
  }
}

async function connect(address: SocketAddress, time: Time): Promise<Deno.Conn> {
  if (address.kind === "unix") return await Deno.connect({ transport: "unix", path: address.path });
  const timedOut = new AbortController();
  const done = new AbortController();
  time.sleep(connectTimeoutMs, done.signal).then(() => {
    if (!done.signal.aborted) timedOut.abort(new Error(`no connection within ${connectTimeoutMs} ms`));
  });
  try {
    const connection = await Deno.connect({ hostname: address.host, port: address.port, signal: timedOut.signal });
    connection.setNoDelay(true);
    connection.setKeepAlive(true);
    return connection;
  } finally {
    done.abort();
  }
}

function connectError(name: string, cause: unknown): PortError {
  if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.ConnectionRefused) {
    return new PortError("not_found", `Cannot connect to ${name}: no program listens there; start the gateway`, {
      cause,
    });
  }
  if (cause instanceof Deno.errors.NotCapable) {
    const more = name.startsWith("unix:") ? ", and its path to --allow-read and --allow-write" : "";
    const text = `Cannot connect to ${name}: Deno's permissions do not allow it; add it to --allow-net${more}`;
    return new PortError("permission_denied", text, { cause });
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return new PortError("permission_denied", `Cannot connect to ${name}: the system does not allow it`, { cause });
  }
  return new PortError("failed", `Cannot connect to ${name}: ${errorText(cause)}`, { cause });
}

/** A connection to a gateway. */
class SocketStream implements ByteStream {
  readonly #connection: Deno.Conn;
  readonly #name: string;
  readonly #time: Time;
  readonly #closing = new AbortController();
  #expectedAtMs = -Infinity;

  constructor(connection: Deno.Conn, name: string, time: Time) {
    this.#connection = connection;
    this.#name = name;
    this.#time = time;
  }

  async read(target: Uint8Array): Promise<number> {
    const waitMs = this.#expectedAtMs - this.#time.mono();
    if (waitMs > 0) await this.#time.sleep(waitMs, this.#closing.signal);
    let bytes: number | null = null;
    try {
      bytes = await this.#connection.read(target);
    } catch (cause) {
      throw this.#ended(cause);
    }
    if (bytes === null) throw this.#ended();
    return bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let sent = 0; sent < bytes.length;) sent += await this.#connection.write(bytes.subarray(sent));
    } catch (cause) {
      throw this.#ended(cause);
    }
  }

  /** The event loop has already read all bytes that have arrived. */
  discardInput(): void {}

  /** A connection closes without a wait. */
  discardOutput(): void {}

  /** Always false: the event loop reads the bytes, so the time of their arrival is unknown. */
  readonly sawArrival = false;

  expectBytes(ms: number): void {
    this.#expectedAtMs = this.#time.mono() + ms - timerGrainMs;
  }

  /** Waiting for a socket is cheap. */
  idle(): void {}

  sleep(ms: number): Promise<void> {
    return ms <= 0 ? new Promise((resolve) => void setImmediate(resolve)) : this.#time.sleep(ms);
  }

  close(): Promise<void> {
    if (!this.#closing.signal.aborted) this.#connection.close();
    this.#closing.abort();
    return Promise.resolve();
  }

  #ended(cause?: unknown): Error {
    if (this.#closing.signal.aborted) return new PortClosedError();
    return new PortError("gone", `The connection to ${this.#name} is gone`, { cause });
  }
}
