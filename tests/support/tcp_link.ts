import { endpointOf } from "./own_address.ts";

/** What a link does with bytes. */
export type LinkState = "up" | "down" | "black hole";

/** A link between two servers: it can be cut, swallow everything without a sign, and be slow. */
export class TcpLink implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #target: string;
  readonly #connections = new Set<Deno.Conn>();
  readonly #accepting: Promise<void>;
  #state: LinkState = "up";
  #delayMs = 0;

  /** @param target address of the server, `127.0.0.1:43210` */
  constructor(target: string) {
    this.#target = target;
    this.#accepting = this.#accept();
  }

  /** `127.0.0.1:43210` */
  get address(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  /**
   * `down` breaks all connections and refuses new ones; `black hole` takes everything and passes nothing on, also of
   * connections that are made meanwhile. What a black hole swallowed is lost: `up` breaks those connections.
   */
  set state(state: LinkState) {
    const broken = state === "down" || this.#state === "black hole";
    this.#state = state;
    if (!broken) return;
    for (const connection of this.#connections) close(connection);
    this.#connections.clear();
  }

  /** Milliseconds for which each portion of bytes waits, in each direction. */
  set delayMs(delayMs: number) {
    this.#delayMs = delayMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.state = "down";
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      if (this.#state === "down") {
        close(client);
        continue;
      }
      void this.#join(client);
    }
  }

  async #join(client: Deno.Conn): Promise<void> {
    try {
      const server = await Deno.connect(endpointOf(this.#target));
      this.#connections.add(client).add(server);
      await Promise.all([this.#carry(client, server), this.#carry(server, client)]);
    } catch {
      close(client);
    }
  }

  async #carry(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    try {
      for await (const bytes of from.readable) {
        if (this.#delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#delayMs));
        if (this.#state !== "up") continue;
        for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
      }
    } catch {
      // The link is cut
    }
    close(to);
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed already
  }
}
