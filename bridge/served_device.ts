import { errorText, type Log } from "../src/base/log.ts";
import type { Time } from "../src/base/time.ts";
import type { ByteStream } from "./byte_stream.ts";
import { PortError } from "./errors.ts";
import type { SerialSettings } from "./open_serial_port.ts";
import { RepeatedFailure } from "./repeated_failure.ts";
import { Watchdog } from "../src/base/watchdog.ts";
import { wireTimeMs } from "./wire.ts";

/** A client that has sent nothing for this long is closed when another client connects. */
const idleMs = 30_000;
/** A device that accepts no bytes for this long, beyond the time on the wire, counts as stuck. */
const stuckMs = 5000;
/** After this many writes without an answer, the device is opened again when the client disconnects. */
const unansweredPieces = 3;
/** Pause after a failure to accept a client. */
const acceptPauseMs = 1000;

/** State that is kept when the device is opened again. */
export class ServerMemory {
  /** Whether the device has ever sent bytes. */
  answered = false;
  /** Whether the next client is logged: the last one has received bytes from the device. */
  visitsCount = true;
  readonly refusals: RepeatedFailure;

  constructor(time: Time) {
    this.refusals = new RepeatedFailure(time);
  }
}

interface Client {
  readonly connection: Deno.Conn;
  /** Monotonic time in milliseconds of the last bytes from the client, or of its connection. */
  activeAt: number;
  logged: boolean;
}

/** The open device and listener, and dependencies. */
export interface ServedDeviceDeps {
  readonly serial: SerialSettings;
  readonly device: ByteStream;
  readonly listener: Deno.Listener<Deno.Conn>;
  readonly memory: ServerMemory;
  readonly log: Log;
  readonly time: Time;
}

/** An open device: passes bytes from the device to the client and from the client to the device. */
export class ServedDevice {
  readonly #deps: ServedDeviceDeps;
  readonly #stopping = new AbortController();
  readonly #watchdog: Watchdog;
  #client: Client | undefined;
  #why: PortError | undefined;
  #useful = false;
  /** Number of writes since the last byte from the device. */
  #unanswered = 0;

  constructor(deps: ServedDeviceDeps) {
    this.#deps = deps;
    this.#watchdog = new Watchdog(deps.time, () => {
      const causes = "the adapter is stuck, or flow control stops it";
      this.#fail(
        new PortError("stuck", `The device ${deps.serial.path} accepts no bytes: ${causes}; reopening it`),
      );
    });
  }

  /** Whether the device has sent bytes. */
  get useful(): boolean {
    return this.#useful;
  }

  /** Runs until the device is lost or `close` is called. @returns why the device was lost */
  async run(): Promise<PortError | undefined> {
    const accepting = this.#accept();
    try {
      const chunk = new Uint8Array(1024);
      while (true) {
        const bytes = await this.#deps.device.read(chunk);
        if (bytes > 0) await this.#toClient(chunk.subarray(0, bytes));
      }
    } catch (error) {
      if (error instanceof PortError) this.#why ??= error;
    }
    await this.close();
    await accepting;
    return this.#why;
  }

  /** Disconnects the client, stops listening, and closes the device. */
  async close(): Promise<void> {
    if (!this.#stopping.signal.aborted) this.#deps.listener.close();
    this.#stopping.abort();
    this.#watchdog.stop();
    this.#drop(this.#client);
    await this.#deps.device.close();
  }

  #fail(why: PortError): void {
    this.#why ??= why;
    this.#deps.device.discardOutput();
    void this.close();
  }

  async #accept(): Promise<void> {
    const clients = new Set<Promise<void>>();
    while (!this.#stopping.signal.aborted) {
      const connection = await this.#nextClient();
      if (connection === undefined) continue;
      if (!this.#makeRoom()) {
        connection.close();
        continue;
      }
      const client = { connection, activeAt: this.#deps.time.mono(), logged: false };
      this.#client = client;
      const served = this.#fromClient(client).finally(() => clients.delete(served));
      clients.add(served);
    }
    await Promise.all(clients);
  }

  /** @returns undefined: accepting failed, for example because the system has no descriptor left */
  async #nextClient(): Promise<Deno.Conn | undefined> {
    const { listener, log, time } = this.#deps;
    const { signal } = this.#stopping;
    try {
      const client = await listener.accept();
      if (!signal.aborted) return client;
      client.close();
    } catch (error) {
      if (signal.aborted) return undefined;
      const line = this.#deps.memory.refusals.occurred("accept", `Cannot accept a client: ${errorText(error)}`);
      if (line !== undefined) log.error(line);
      await time.sleep(acceptPauseMs, signal);
    }
    return undefined;
  }

  /** @returns whether a new client can be served */
  #makeRoom(): boolean {
    const { log, memory, time } = this.#deps;
    if (this.#client === undefined) {
      memory.refusals.over();
      return true;
    }
    const silentS = Math.floor((time.mono() - this.#client.activeAt) / 1000);
    if (silentS * 1000 >= idleMs) {
      log.warn(`The client has sent nothing for ${silentS} s and was closed; a new client replaces it`);
      this.#client.logged = false;
      this.#drop(this.#client);
      return true;
    }
    const text = `A second client was closed: the port already has a client, which has been silent for ${silentS} s`;
    const line = memory.refusals.occurred("refused", text);
    if (line !== undefined) log.warn(line);
    return false;
  }

  async #fromClient(client: Client): Promise<void> {
    const { device, log, memory, serial, time } = this.#deps;
    if (memory.visitsCount) this.#logClient(client);
    memory.visitsCount = false;
    device.discardInput();
    try {
      const chunk = new Uint8Array(1024);
      const { connection } = client;
      for (let bytes = await connection.read(chunk); bytes !== null; bytes = await connection.read(chunk)) {
        if (this.#stopping.signal.aborted) break;
        client.activeAt = time.mono();
        this.#unanswered++;
        this.#watchdog.set(client.activeAt + stuckMs + wireTimeMs(serial, bytes));
        await device.write(chunk.subarray(0, bytes));
        this.#watchdog.clear();
      }
    } catch (error) {
      log.debug(`The connection to the client failed: ${errorText(error)}`);
    }
    this.#drop(client);
    if (client.logged) log.info("Client disconnected");
    if (memory.answered && this.#unanswered >= unansweredPieces) {
      this.#fail(new PortError("gone", `The device ${serial.path} no longer sends anything; reopening it`));
    }
  }

  #logClient(client: Client): void {
    if (client.logged) return;
    client.logged = true;
    const { remoteAddr } = client.connection;
    this.#deps.log.info("Client connected", remoteAddr.transport === "tcp" ? { from: remoteAddr.hostname } : {});
  }

  async #toClient(bytes: Uint8Array): Promise<void> {
    const { log, memory } = this.#deps;
    this.#useful = true;
    this.#unanswered = 0;
    memory.answered = true;
    const client = this.#client;
    if (client === undefined) return;
    memory.visitsCount = true;
    this.#logClient(client);
    try {
      for (let sent = 0; sent < bytes.length;) sent += await client.connection.write(bytes.subarray(sent));
    } catch (error) {
      log.debug(`The connection to the client failed: ${errorText(error)}`);
      this.#drop(client);
    }
  }

  #drop(client: Client | undefined): void {
    if (client === undefined || this.#client !== client) return;
    this.#client = undefined;
    client.connection.close();
  }
}
