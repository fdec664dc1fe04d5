import { hostPortText } from "../base/endpoint.ts";
import { errorText, type Log } from "../base/log.ts";
import { ProblemLog } from "../base/problem_log.ts";
import type { Time } from "../base/time.ts";
import { Clients } from "./clients.ts";
import type { ServiceFigures } from "./figures.ts";
import { isSame, type ListenAddress, mayOverlap, resolved } from "./listen_address.ts";
import { PageSource } from "./page_source.ts";

/** Pause before the next attempt to listen. */
const retryMs = 5_000;

/** Where the page is to be. */
interface Place {
  /** As configured. */
  readonly address: ListenAddress;
  /** The same, with an IP address. */
  readonly ip: ListenAddress;
}

/** Where the page is. */
interface OpenPlace extends Place {
  readonly listener: Deno.Listener<Deno.Conn>;
  /** Ends when the listener is closed. */
  readonly accepting: Promise<void>;
}

/**
 * Serves the metrics at `/metrics` for Prometheus. An address that cannot be used is logged and tried again, and the
 * page stays where it was meanwhile. Nothing that a client does disturbs the service.
 */
export class MetricsServer {
  readonly #log: Log;
  readonly #time: Time;
  readonly #page: PageSource;
  readonly #listening: ProblemLog;
  readonly #clients: Clients;
  #wanted: ListenAddress | undefined;
  /** Aborted when another address is wanted. */
  #moving = new AbortController();
  #open: OpenPlace | undefined;

  /** Serves from `moveTo` until `close`. */
  constructor(figures: () => ServiceFigures, { log, time }: { log: Log; time: Time }) {
    this.#log = log;
    this.#time = time;
    this.#page = new PageSource(figures, { log, time });
    this.#listening = new ProblemLog(log, time, "error");
    this.#clients = new Clients(() => this.#page.text(), time);
  }

  /**
   * Provides the page there and no longer at the address before. Keeps trying if that is not possible yet.
   *
   * @returns why it is not possible yet; undefined: the page is there
   */
  async moveTo(address: ListenAddress): Promise<string | undefined> {
    const signal = this.#wantOnly(address);
    if (isSame(address, this.#open?.address)) return undefined;
    const problem = await this.#tryMove(address, signal);
    if (problem !== undefined) void this.#keepTrying(address, signal);
    return problem;
  }

  /** Closes the address and all connections. */
  async close(): Promise<void> {
    this.#moving.abort();
    this.#page.close();
    this.#clients.close();
    if (this.#open !== undefined) await this.#stop(this.#open);
  }

  /** Ends earlier attempts. @returns aborted when another address is wanted */
  #wantOnly(address: ListenAddress): AbortSignal {
    this.#wanted = address;
    this.#moving.abort();
    this.#moving = new AbortController();
    return this.#moving.signal;
  }

  /** Never rejects. */
  async #keepTrying(address: ListenAddress, signal: AbortSignal): Promise<void> {
    do await this.#time.sleep(retryMs, signal); while (!signal.aborted && await this.#tryMove(address, signal));
  }

  /** Never rejects. @returns the problem */
  async #tryMove(address: ListenAddress, signal: AbortSignal): Promise<string | undefined> {
    const text = hostPortText(address);
    try {
      await this.#move({ address, ip: await resolved(address) }, signal);
      if (signal.aborted) return undefined;
      this.#log.info("Metrics are provided", { url: `http://${text}/metrics` });
      this.#listening.over("The address of the metrics can be used again");
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      const now = this.#open === undefined
        ? "the service runs without them and"
        : `they stay on ${hostPortText(this.#open.address)} and the service`;
      const problem = `Cannot provide metrics on ${text}; ${now} tries again; check metrics.listen and which process ` +
        "uses the port";
      this.#listening.failed(problem, { reason: errorText(error) });
      return `${problem}: ${errorText(error)}`;
    }
  }

  /** @throws the address cannot be used */
  async #move(to: Place, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const from = this.#open;
    try {
      this.#serveAt(to);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || from === undefined || !mayOverlap(from.ip, to.ip)) throw error;
      // The page itself may use the port: both are names of one address, or one of them is all addresses
      await this.#stop(from);
      if (signal.aborted) return;
      try {
        return this.#serveAt(to);
      } catch (error) {
        this.#serveAt(from);
        throw error;
      }
    }
    if (from !== undefined) await this.#stop(from);
  }

  /** @throws the address cannot be used */
  #serveAt({ address, ip }: Place): void {
    const listener = Deno.listen({ hostname: ip.host, port: ip.port });
    const accepting = this.#accept(listener);
    this.#open = { address, ip, listener, accepting };
  }

  /** Never rejects. */
  async #accept(listener: Deno.Listener<Deno.Conn>): Promise<void> {
    try {
      while (true) await this.#clients.add(await listener.accept());
    } catch (error) {
      if (this.#open?.listener !== listener) return;
      const wanted = this.#wanted ?? this.#open.address;
      listener.close();
      this.#open = undefined;
      this.#listening.failed("Cannot accept connections for metrics; the service runs without them and tries again", {
        reason: errorText(error),
      });
      void this.#keepTrying(wanted, this.#wantOnly(wanted));
    }
  }

  /** Resolves when the system has closed the address. */
  async #stop(open: OpenPlace): Promise<void> {
    if (this.#open === open) this.#open = undefined;
    open.listener.close();
    await open.accepting;
  }
}
