/** The connections that a server serves at once, up to a limit; the system keeps others waiting. */
export class ServedConnections {
  readonly #max: number;
  readonly #serve: (connection: Deno.Conn) => Promise<void>;
  readonly #connections = new Set<Deno.Conn>();
  readonly #served = new Set<Promise<void>>();

  /** @param serve serves a connection, which is closed afterwards; never rejects */
  constructor(max: number, serve: (connection: Deno.Conn) => Promise<void>) {
    this.#max = max;
    this.#serve = serve;
  }

  /** Serves a connection in the background. Resolves when there is room for another one. */
  async add(connection: Deno.Conn): Promise<void> {
    this.#connections.add(connection);
    const serving = this.#serve(connection).finally(() => {
      this.#connections.delete(connection);
      this.#served.delete(serving);
      closeQuietly(connection);
    });
    this.#served.add(serving);
    if (this.#served.size >= this.#max) await Promise.race(this.#served);
  }

  /** Resolves when the present connections have been served. */
  async ended(): Promise<void> {
    await Promise.all(this.#served);
  }

  /** Closes the connections that are left. */
  close(): void {
    for (const connection of this.#connections) closeQuietly(connection);
  }
}

/** Closes a connection that may be closed already. */
export function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed already
  }
}

/** Writes all bytes to a connection. */
export async function writeAll(connection: Pick<Deno.Conn, "write">, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
}
