import { errorText, type Log } from "../src/base/log.ts";
import { systemTime, type Time } from "../src/base/time.ts";
import type { ByteStream } from "./byte_stream.ts";
import { PortError } from "./errors.ts";
import { endpointText } from "./line_options.ts";
import { openSerialPort, type SerialSettings } from "./open_serial_port.ts";
import { listenOn } from "./socket_listener.ts";
import type { SocketAddress } from "./socket_stream.ts";

/** What is served, and where. */
export interface SerialServerOptions {
  readonly serial: SerialSettings;
  readonly listen: SocketAddress;
  /** Pause between two attempts to open a device that went away. @default 1000 */
  readonly reopenDelayMs?: number;
}

/** A serial port that is being served. */
export interface SerialServer {
  /** Where, with the port that the system chose when 0 was asked for. */
  readonly address: SocketAddress;
  /** Drops the client and gives the device back. */
  close(): Promise<void>;
}

/**
 * Serves a serial port as a stream of bytes to one client at a time; a second one is closed at once. While the device
 * is gone nobody listens, so that a client sees the same as on the device itself.
 *
 * @throws {PortError} when the device cannot be opened, or the address cannot be listened on
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
  readonly #stopping = new AbortController();
  #address: SocketAddress;
  #device: ByteStream | undefined;
  #listener: Deno.Listener<Deno.Conn> | undefined;
  #client: Deno.Conn | undefined;
  #life: Promise<void> | undefined;

  constructor(options: SerialServerOptions, log: Log, time: Time) {
    this.#options = options;
    this.#address = options.listen;
    this.#log = log;
    this.#time = time;
  }

  get address(): SocketAddress {
    return this.#address;
  }

  async open(): Promise<void> {
    const device = await openSerialPort(this.#options.serial);
    try {
      const listener = await this.#listen();
      this.#life = this.#live(device, listener);
    } catch (error) {
      await device.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#release();
    await this.#life;
  }

  async #listen(): Promise<Deno.Listener<Deno.Conn>> {
    const listener = await listenOn(this.#address);
    const { addr } = listener;
    if (addr.transport === "tcp") this.#address = { kind: "tcp", host: addr.hostname, port: addr.port };
    this.#log.info(`serving ${this.#options.serial.path} on ${endpointText(this.#address)}`);
    return listener;
  }

  async #live(device: ByteStream, listener: Deno.Listener<Deno.Conn>): Promise<void> {
    const { signal } = this.#stopping;
    let opened: { device: ByteStream; listener: Deno.Listener<Deno.Conn> } | undefined = { device, listener };
    while (!signal.aborted) {
      if (opened !== undefined) await this.#serve(opened.device, opened.listener);
      await this.#time.sleep(signal.aborted ? 0 : this.#options.reopenDelayMs ?? 1000, signal);
      opened = signal.aborted ? undefined : await this.#reopen();
    }
    if (opened !== undefined) {
      opened.listener.close();
      await opened.device.close();
    }
  }

  async #reopen(): Promise<{ device: ByteStream; listener: Deno.Listener<Deno.Conn> } | undefined> {
    let device: ByteStream | undefined;
    try {
      device = await openSerialPort(this.#options.serial);
      return { device, listener: await this.#listen() };
    } catch (error) {
      await device?.close();
      this.#log.debug(errorText(error));
      return undefined;
    }
  }

  /** Works until the device goes away or the server is closed. */
  async #serve(device: ByteStream, listener: Deno.Listener<Deno.Conn>): Promise<void> {
    this.#device = device;
    this.#listener = listener;
    const accepting = this.#accept(device, listener);
    try {
      const chunk = new Uint8Array(1024);
      while (true) {
        const bytes = await device.read(chunk);
        await this.#toClient(chunk.subarray(0, bytes));
      }
    } catch (error) {
      if (error instanceof PortError) this.#log.error(error.message);
    }
    await this.#release();
    await accepting;
  }

  async #accept(device: ByteStream, listener: Deno.Listener<Deno.Conn>): Promise<void> {
    const clients = new Set<Promise<void>>();
    while (this.#listener === listener) {
      const client = await this.#nextClient(listener);
      if (client === undefined) continue;
      if (this.#client !== undefined) {
        this.#log.warn("a second client was closed: the port has one already");
        client.close();
        continue;
      }
      this.#client = client;
      const served = this.#fromClient(client, device).finally(() => clients.delete(served));
      clients.add(served);
    }
    await Promise.all(clients);
  }

  /** @returns undefined when there is none this time: the system may have no descriptor left at the moment */
  async #nextClient(listener: Deno.Listener<Deno.Conn>): Promise<Deno.Conn | undefined> {
    try {
      const client = await listener.accept();
      if (this.#listener === listener) return client;
      client.close();
      return undefined;
    } catch (error) {
      if (this.#listener !== listener) return undefined;
      this.#log.error(`a client could not be accepted: ${errorText(error)}`);
      await this.#time.sleep(this.#options.reopenDelayMs ?? 1000, this.#stopping.signal);
      return undefined;
    }
  }

  async #fromClient(client: Deno.Conn, device: ByteStream): Promise<void> {
    this.#log.info("client connected");
    device.discardInput();
    try {
      const chunk = new Uint8Array(1024);
      for (let bytes = await client.read(chunk); bytes !== null; bytes = await client.read(chunk)) {
        await device.write(chunk.subarray(0, bytes));
      }
    } catch (error) {
      this.#log.debug(`connection to the client: ${errorText(error)}`);
    }
    this.#drop(client);
    this.#log.info("client disconnected");
  }

  async #toClient(bytes: Uint8Array): Promise<void> {
    const client = this.#client;
    try {
      for (let sent = 0; client !== undefined && sent < bytes.length;) sent += await client.write(bytes.subarray(sent));
    } catch (error) {
      this.#log.debug(`connection to the client: ${errorText(error)}`);
      this.#drop(client);
    }
  }

  #drop(client: Deno.Conn | undefined): void {
    if (client === undefined || this.#client !== client) return;
    this.#client = undefined;
    client.close();
  }

  async #release(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    if (listener !== undefined) {
      listener.close();
      if (this.#address.kind === "unix") await Deno.remove(this.#address.path).catch(() => {});
    }
    this.#drop(this.#client);
    const device = this.#device;
    this.#device = undefined;
    await device?.close();
  }
}
