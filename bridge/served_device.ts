import { errorText, type Log } from "../src/base/log.ts";
import type { Time } from "../src/base/time.ts";
import type { ByteStream } from "./byte_stream.ts";
import { PortError } from "./errors.ts";
import type { SerialSettings } from "./open_serial_port.ts";
import { RepeatedFailure } from "./repeated_failure.ts";
import { Watchdog } from "../src/base/watchdog.ts";
import { wireTimeMs } from "./wire.ts";

/** A client that has sent nothing for so long is closed when another one connects. */
const idleMs = 30_000;
/** A device that takes no bytes for so long, beyond the time on the wire, hangs. */
const stuckMs = 5000;
/** Pieces without an answer after which the device is opened again when the client leaves. */
const unansweredPieces = 3;
/** Pause after a client could not be accepted. */
const acceptPauseMs = 1000;

/** What outlives one opening of the device. */
export class ServerMemory {
  /** Whether anything ever came from the device. */
  answered = false;
  /** Whether the next client is logged: the last one got something from the device. */
  visitsCount = true;
  readonly refusals: RepeatedFailure;

  constructor(time: Time) {
    this.refusals = new RepeatedFailure(time);
  }
}

interface Client {
  readonly connection: Deno.Conn;
  /** Monotonic time in milliseconds of the last bytes that it sent, or of its connection. */
  activeAt: number;
  logged: boolean;
}

/** What is open, and what the work on it needs. */
export interface ServedDeviceDeps {
  readonly serial: SerialSettings;
  readonly device: ByteStream;
  readonly listener: Deno.Listener<Deno.Conn>;
  readonly memory: ServerMemory;
  readonly log: Log;
  readonly time: Time;
}

/** One opening of the device: its bytes go to the client, and the client's bytes to it. */
export class ServedDevice {
  readonly #deps: ServedDeviceDeps;
  readonly #stopping = new AbortController();
  readonly #watchdog: Watchdog;
  #client: Client | undefined;
  #why: PortError | undefined;
  #useful = false;
  /** Pieces that were written since the last byte came. */
  #unanswered = 0;

  constructor(deps: ServedDeviceDeps) {
    this.#deps = deps;
    this.#watchdog = new Watchdog(deps.time, () => {
      const causes = "the adapter hangs, or something holds it back";
      this.#giveUp(
        new PortError("stuck", `The device ${deps.serial.path} takes no bytes: ${causes}; it is opened again`),
      );
    });
  }

  /** Whether anything has come from the device. */
  get useful(): boolean {
    return this.#useful;
  }

  /** Works until the device goes away or `close` is called. @returns why the device went away */
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

  /** Drops the client, listens no more, and gives the device back. */
  async close(): Promise<void> {
    if (!this.#stopping.signal.aborted) this.#deps.listener.close();
    this.#stopping.abort();
    this.#watchdog.stop();
    this.#drop(this.#client);
    await this.#deps.device.close();
  }

  #giveUp(why: PortError): void {
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

  /** @returns undefined when there is none this time: the system may have no descriptor left at the moment */
  async #nextClient(): Promise<Deno.Conn | undefined> {
    const { listener, log, time } = this.#deps;
    const { signal } = this.#stopping;
    try {
      const client = await listener.accept();
      if (!signal.aborted) return client;
      client.close();
    } catch (error) {
      if (signal.aborted) return undefined;
      const line = this.#deps.memory.refusals.occurred("accept", `a client could not be accepted: ${errorText(error)}`);
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
      log.warn(`the client had sent nothing for ${silentS} s and was closed: a new client takes its place`);
      this.#client.logged = false;
      this.#drop(this.#client);
      return true;
    }
    const text = `a second client was closed: the port has one already, silent for ${silentS} s`;
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
      log.debug(`connection to the client: ${errorText(error)}`);
    }
    this.#drop(client);
    if (client.logged) log.info("client disconnected");
    if (memory.answered && this.#unanswered >= unansweredPieces) {
      this.#giveUp(new PortError("gone", `Nothing comes from ${serial.path} any more; it is opened again`));
    }
  }

  #logClient(client: Client): void {
    if (client.logged) return;
    client.logged = true;
    const { remoteAddr } = client.connection;
    this.#deps.log.info("client connected", remoteAddr.transport === "tcp" ? { from: remoteAddr.hostname } : {});
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
      log.debug(`connection to the client: ${errorText(error)}`);
      this.#drop(client);
    }
  }

  #drop(client: Client | undefined): void {
    if (client === undefined || this.#client !== client) return;
    this.#client = undefined;
    client.connection.close();
  }
}
