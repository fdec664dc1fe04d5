import { endpointOf } from "./own_address.ts";

/** What stands between a client and a server: a link that can go deaf without a word, and break. */
export class TcpProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #target: string;
  readonly #connections = new Set<Deno.Conn>();
  readonly #accepting: Promise<void>;
  #swallowed: (() => void) | undefined;

  /** @param target address of the server, `127.0.0.1:43210` */
  constructor(target: string) {
    this.#target = target;
    this.#accepting = this.#accept();
  }

  /** `127.0.0.1:43210` */
  get address(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  /** Swallows what the client sends from now on. @returns a promise of the first bytes that were swallowed */
  goDeaf(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#swallowed = resolve;
    return promise;
  }

  /** Breaks every connection; new ones are heard again. */
  cut(): void {
    this.#swallowed = undefined;
    for (const connection of this.#connections) close(connection);
    this.#connections.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      const server = await Deno.connect(endpointOf(this.#target));
      this.#connections.add(client).add(server);
      this.#carry(client, server, () => this.#swallow());
      this.#carry(server, client, () => false);
    }
  }

  #swallow(): boolean {
    this.#swallowed?.();
    return this.#swallowed !== undefined;
  }

  async #carry(from: Deno.Conn, to: Deno.Conn, swallow: () => boolean): Promise<void> {
    try {
      for await (const bytes of from.readable) {
        for (let sent = 0; sent < bytes.length && !swallow();) sent += await to.write(bytes.subarray(sent));
      }
    } catch {
      // Cut
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
