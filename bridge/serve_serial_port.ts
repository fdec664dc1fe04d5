import { endpointText, type SocketAddress } from "../src/base/endpoint.ts";
import { errorText, type Log } from "../src/base/log.ts";
import { systemTime, type Time } from "../src/base/time.ts";
import { PortError } from "./errors.ts";
import { openSerialPort, type SerialSettings } from "./open_serial_port.ts";
import { OpeningLog } from "./opening_log.ts";
import { ReopenPause } from "./reopen_pause.ts";
import { SerialPoll } from "./serial_poll.ts";
import { ServedDevice, ServerMemory } from "./served_device.ts";
import { listenOn } from "./socket_listener.ts";

/** The serial port to serve, and the address. */
export interface SerialServerOptions {
  readonly serial: SerialSettings;
  readonly listen: SocketAddress;
  /**
   * Longest pause in milliseconds between two attempts to open a missing device; the first one is shorter. @default
   * 1000
   */
  readonly reopenDelayMs?: number;
}

/** A serial port that is served. */
export interface SerialServer {
  /** The address, with the port that the system has chosen if 0 was given. */
  readonly address: SocketAddress;
  /** Disconnects the client and closes the device. */
  close(): Promise<void>;
}

/**
 * Serves a serial port as a byte stream to one client at a time. A second client is closed at once, unless the first
 * one has sent nothing for 30 s: then the first one is closed. While the device is missing, the server does not listen,
 * so a client cannot connect, as if it opened the device itself.
 *
 * @throws {PortError} the device cannot be opened, or the address cannot be used
 */
export async function serveSerialPort(
  options: SerialServerOptions,
  deps: { readonly log: Log; readonly time?: Time },
): Promise<SerialServer> {
  const server = new Server(options, deps.log, deps.time ?? systemTime);
  await server.open();
  return server;
}

class Server implements SerialServer {
  readonly #options: SerialServerOptions;
  readonly #log: Log;
  readonly #time: Time;
  readonly #openings: OpeningLog;
  readonly #memory: ServerMemory;
  readonly #poll = new SerialPoll();
  readonly #stopping = new AbortController();
  #address: SocketAddress;
  #served: ServedDevice | undefined;
  #life: Promise<void> | undefined;

  constructor(options: SerialServerOptions, log: Log, time: Time) {
    this.#options = options;
    this.#address = options.listen;
    this.#log = log;
    this.#time = time;
    this.#openings = new OpeningLog(log, time, 0);
    this.#memory = new ServerMemory(time);
  }

  get address(): SocketAddress {
    return this.#address;
  }

  async open(): Promise<void> {
    this.#life = this.#live(await this.#openServed());
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#served?.close();
    await this.#life;
  }

  async #live(first: ServedDevice): Promise<void> {
    const { signal } = this.#stopping;
    const pause = new ReopenPause(this.#options.reopenDelayMs ?? 1000);
    let next: ServedDevice | PortError = first;
    while (true) {
      const served: ServedDevice | PortError = next;
      const error = served instanceof PortError ? served : await this.#serve(served);
      if (signal.aborted) break;
      if (error !== undefined) this.#openings.failed(error.message, error);
      await this.#time.sleep(pause.after(error, served instanceof ServedDevice && served.useful), signal);
      if (signal.aborted) break;
      next = await this.#openServed().catch((cause) => this.#portError(cause));
    }
    this.#openings.close();
  }

  async #openServed(): Promise<ServedDevice> {
    const { serial } = this.#options;
    const device = await openSerialPort(serial, this.#poll);
    try {
      const listener = await listenOn(this.#address);
      const { addr } = listener;
      if (addr.transport === "tcp") this.#address = { kind: "tcp", host: addr.hostname, port: addr.port };
      return new ServedDevice({ serial, device, listener, memory: this.#memory, log: this.#log, time: this.#time });
    } catch (error) {
      await device.close();
      throw error;
    }
  }

  /** Runs until the device is lost or the server is closed. @returns why the device was lost */
  async #serve(served: ServedDevice): Promise<PortError | undefined> {
    if (this.#stopping.signal.aborted) await served.close();
    const text = `Serving ${this.#options.serial.path} on ${endpointText(this.#address)}`;
    this.#openings.opened({ text, useful: () => served.useful });
    this.#served = served;
    const why = await served.run();
    this.#served = undefined;
    if (this.#address.kind === "unix") await Deno.remove(this.#address.path).catch(() => {});
    return why;
  }

  #portError(cause: unknown): PortError {
    if (cause instanceof PortError) return cause;
    return new PortError("failed", `Cannot serve ${this.#options.serial.path}: ${errorText(cause)}`, { cause });
  }
}
