import { endpointOf } from "./own_address.ts";

/** Which bytes a proxy drops silently, or that it accepts no connection. */
type Fault = "from_client" | "from_text" | "all" | "refuses";

/** A link between a client and a server that can silently drop bytes, break, and be slow. */
export class TcpProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #target: string;
  readonly #connections = new Set<Deno.Conn>();
  readonly #accepting: Promise<void>;
  #fault: Fault | undefined;
  #swallowed = (): void => {};
  #deafFrom = "";
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

  /** Delay of each chunk in milliseconds, in each direction. */
  set delayMs(delayMs: number) {
    this.#delayMs = delayMs;
  }

  /**
   * Drops what the client sends from now on.
   *
   * @param text dropped from the first bytes that contain it
   * @returns a promise of the first dropped bytes
   */
  goDeaf(text = ""): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#swallowed = resolve;
    this.#deafFrom = text;
    this.#fault = text === "" ? "from_client" : "from_text";
    return promise;
  }

  /** Drops everything from now on, also on new connections. */
  swallow(): void {
    this.#fault = "all";
  }

  /** Breaks every connection and accepts no new one. */
  refuse(): void {
    this.cut();
    this.#fault = "refuses";
  }

  /** Breaks every connection; new ones work again. */
  cut(): void {
    this.#fault = undefined;
    for (const connection of this.#connections) close(connection);
    this.#connections.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.refuse();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      if (this.#fault === "refuses") close(client);
      else void this.#join(client);
    }
  }

  async #join(client: Deno.Conn): Promise<void> {
    try {
      const server = await Deno.connect(endpointOf(this.#target));
      this.#connections.add(client).add(server);
      if (this.#fault === "refuses") this.refuse();
      this.#carry(client, server, (bytes) => this.#isSwallowedFromClient(bytes));
      this.#carry(server, client, () => this.#fault === "all");
    } catch {
      // The server is not reachable
      close(client);
    }
  }

  #isSwallowedFromClient(bytes: Uint8Array): boolean {
    if (this.#fault === "from_text" && new TextDecoder().decode(bytes).includes(this.#deafFrom)) {
      this.#fault = "from_client";
    }
    if (this.#fault === undefined || this.#fault === "from_text") return false;
    this.#swallowed();
    return true;
  }

  async #carry(from: Deno.Conn, to: Deno.Conn, isSwallowed: (bytes: Uint8Array) => boolean): Promise<void> {
    try {
      for await (const bytes of from.readable) {
        if (this.#delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#delayMs));
        for (let sent = 0; sent < bytes.length && !isSwallowed(bytes);) sent += await to.write(bytes.subarray(sent));
      }
    } catch {
      // The connection was cut
    }
    close(to);
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Already closed
  }
}
