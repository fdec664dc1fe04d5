import { endpointOf } from "../support/own_address.ts";

/** A client that decides about each byte. */
export class RawClient implements Disposable {
  readonly #connection: Deno.Conn;

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Connects, and sends a text. @param address `127.20.30.40:4000` */
  static async open(address: string, text: string): Promise<RawClient> {
    const client = new RawClient(await Deno.connect(endpointOf(address)));
    await client.send(text);
    return client;
  }

  async send(text: string): Promise<void> {
    await this.#connection.write(new TextEncoder().encode(text));
  }

  /** Everything that the server sends until it closes the connection. */
  async rest(): Promise<string> {
    let text = "";
    const bytes = new Uint8Array(65_536);
    while (true) {
      // A reset by the server is an end, too
      const count = await this.#connection.read(bytes).catch(() => null);
      if (count === null) return text;
      text += new TextDecoder().decode(bytes.subarray(0, count));
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

/** The answer to a request, as it is on the wire. */
export async function rawAnswer(address: string, request: string): Promise<string> {
  using client = await RawClient.open(address, request);
  return await client.rest();
}
