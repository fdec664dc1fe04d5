import { hostPortText } from "../base/endpoint.ts";
import { errorText, type Log } from "../base/log.ts";
import { ProblemLog } from "../base/problem_log.ts";
import { closeQuietly, ServedConnections, writeAll } from "../base/served_connections.ts";
import type { Time } from "../base/time.ts";
import type { ServiceFigures } from "./figures.ts";
import { answerTo, maxHeadBytes, tooLong } from "./http_answer.ts";
import { LoopDelay } from "./loop_delay.ts";
import { Page } from "./page.ts";

/** How long a client may take to send its request, and to take the page. */
const clientMs = 5_000;
/** Connections that are served at once; the system keeps others waiting. */
const maxConnections = 8;
/** Pause before the next attempt to listen, or to accept a connection. */
const retryMs = 5_000;
/** A page that is not older is sent again. */
const freshMs = 1_000;

/** An address to listen on. */
export interface ListenAddress {
  /** Name or address, without brackets. */
  readonly host: string;
  /** 1..65535. */
  readonly port: number;
}

/**
 * Serves the metrics at `/metrics` for Prometheus. An address that cannot be used is logged and tried again; nothing
 * that a client does disturbs the service.
 */
export class MetricsServer {
  readonly #address: ListenAddress;
  readonly #figures: () => ServiceFigures;
  readonly #log: Log;
  readonly #time: Time;
  readonly #page = new Page();
  readonly #delay: LoopDelay;
  readonly #listening: ProblemLog;
  readonly #reading: ProblemLog;
  readonly #closing = new AbortController();
  readonly #connections = new ServedConnections(maxConnections, (connection) => this.#serve(connection));
  #listener: Deno.Listener<Deno.Conn> | undefined;
  #fresh: { readonly text: Promise<string>; readonly untilMs: number } | undefined;

  /** Serves until `close`. */
  constructor(address: ListenAddress, figures: () => ServiceFigures, { log, time }: { log: Log; time: Time }) {
    this.#address = address;
    this.#figures = figures;
    this.#log = log;
    this.#time = time;
    this.#delay = new LoopDelay(time);
    this.#listening = new ProblemLog(log, time, "error");
    this.#reading = new ProblemLog(log, time, "error");
    void this.#run();
  }

  /** Closes the address and all connections. */
  close(): void {
    this.#closing.abort();
    this.#delay.close();
    this.#stopListening();
    this.#connections.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { host, port } = this.#address;
    const address = hostPortText(this.#address);
    while (!signal.aborted) {
      try {
        this.#listener = Deno.listen({ hostname: host, port });
        this.#log.info("Metrics are provided", { url: `http://${address}/metrics` });
        this.#listening.over("The metrics can be read again");
        await this.#accept(this.#listener);
      } catch (error) {
        if (signal.aborted) return;
        this.#listening.failed(
          `Cannot provide metrics on ${address}; the service runs without them and tries again; check metrics.listen ` +
            "and which process uses the port",
          { reason: errorText(error) },
        );
      }
      this.#stopListening();
      await this.#time.sleep(retryMs, signal);
    }
  }

  /** @throws a connection cannot be accepted */
  async #accept(listener: Deno.Listener<Deno.Conn>): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await this.#connections.add(await listener.accept());
    }
  }

  /** Never rejects. */
  async #serve(connection: Deno.Conn): Promise<void> {
    const timer = new AbortController();
    // Closing the connection ends a read or a write that waits
    void this.#time.sleep(clientMs, timer.signal).then(() => closeQuietly(connection));
    try {
      const head = await readHead(connection);
      if (head === undefined) return;
      const answer = typeof head === "string" ? await answerTo(head, () => this.#text()) : tooLong;
      await writeAll(connection, new TextEncoder().encode(answer));
      await connection.closeWrite();
      // Closing with unread bytes would make the system discard the answer
      await connection.read(new Uint8Array(1_024));
    } catch {
      // The client has gone, or was too slow
    } finally {
      timer.abort();
    }
  }

  /** @returns undefined if the values cannot be read */
  async #text(): Promise<string | undefined> {
    const nowMs = this.#time.mono();
    try {
      if (this.#fresh === undefined || nowMs >= this.#fresh.untilMs) {
        const figures = { ...this.#figures(), loopDelayMs: this.#delay.quantiles };
        this.#fresh = { text: this.#page.text(figures), untilMs: nowMs + freshMs };
      }
      const text = await this.#fresh.text;
      this.#reading.over("The values of the metrics can be read again");
      return text;
    } catch (error) {
      this.#fresh = undefined;
      this.#reading.failed("Cannot read the values of the metrics", { reason: errorText(error) });
      return undefined;
    }
  }

  #stopListening(): void {
    this.#listener?.close();
    this.#listener = undefined;
  }
}

/** The head of a request; `tooLong`: it has too many bytes; undefined: the client has gone. */
async function readHead(connection: Deno.Conn): Promise<string | { readonly tooLong: true } | undefined> {
  const bytes = new Uint8Array(maxHeadBytes);
  let length = 0;
  while (length < bytes.length) {
    const count = await connection.read(bytes.subarray(length));
    if (count === null) return undefined;
    length += count;
    const text = new TextDecoder("latin1").decode(bytes.subarray(0, length));
    const end = /\r?\n\r?\n/.exec(text);
    if (end !== null) return text.slice(0, end.index);
  }
  return { tooLong: true };
}
