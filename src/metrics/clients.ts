import { closeQuietly, ServedConnections } from "../base/served_connections.ts";
import type { Time } from "../base/time.ts";
import { serveClient } from "./serve_client.ts";

/** Connections that are served at once. */
const maxClients = 8;
/** A client that reads and writes as it should needs a few milliseconds. A slower one makes room if another waits. */
const slowMs = 250;

/** Serves clients, a few at once. A slow client does not keep another one waiting for long. */
export class Clients {
  readonly #time: Pick<Time, "mono" | "sleep">;
  readonly #served: ServedConnections;
  /** Since when each is served; the oldest is the first one. */
  readonly #sinceMs = new Map<Deno.Conn, number>();
  /** Resolves when fewer than `maxClients` are served. */
  #room = Promise.resolve();
  #isClosed = false;

  /** @param page returns the page; undefined: it cannot be made */
  constructor(page: () => Promise<string | undefined>, time: Pick<Time, "mono" | "sleep">) {
    this.#time = time;
    this.#served = new ServedConnections(maxClients, async (connection) => {
      await serveClient(connection, page, time);
      this.#sinceMs.delete(connection);
    });
  }

  /** Serves a client in the background, as soon as there is room. Never rejects. */
  async add(connection: Deno.Conn): Promise<void> {
    if (this.#sinceMs.size >= maxClients) await this.#makeRoom();
    if (this.#isClosed) return closeQuietly(connection);
    this.#sinceMs.set(connection, this.#time.mono());
    this.#room = this.#served.add(connection);
  }

  /** Closes all connections. */
  close(): void {
    this.#isClosed = true;
    this.#served.close();
  }

  async #makeRoom(): Promise<void> {
    const [oldest, sinceMs] = [...this.#sinceMs][0] ?? [];
    if (oldest === undefined || sinceMs === undefined) return;
    if (await this.#isSlowSince(sinceMs)) closeQuietly(oldest);
    await this.#room;
  }

  /** Waits until the client is slow, or there is room without that. */
  async #isSlowSince(sinceMs: number): Promise<boolean> {
    const waitMs = sinceMs + slowMs - this.#time.mono();
    if (waitMs <= 0) return true;
    const timer = new AbortController();
    const isSlow = this.#time.sleep(waitMs, timer.signal).then(() => true);
    const result = await Promise.race([isSlow, this.#room.then(() => false)]);
    timer.abort();
    return result;
  }
}
