import { join } from "node:path";

const functions = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32", nonblocking: true },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** A Unix datagram socket as systemd has one for notifications. */
export class DatagramReceiver implements Disposable {
  /** The value of NOTIFY_SOCKET. */
  readonly address: string;
  readonly #libc = Deno.dlopen("libc.so.6", functions);
  readonly #socket: number;

  /** @param address a path, or `@` and a name */
  constructor(address: string) {
    this.address = address;
    const { symbols } = this.#libc;
    // AF_UNIX, SOCK_DGRAM
    this.#socket = symbols.socket(1, 2, 0);
    const target = new Uint8Array([1, 0, ...new TextEncoder().encode(address.replace(/^@/, "\0"))]);
    const ended = address.startsWith("@") ? target : new Uint8Array([...target, 0]);
    if (symbols.bind(this.#socket, ended, ended.length) !== 0) throw new Error(`Cannot bind ${address}`);
  }

  /** A receiver with a new path. */
  static atNewPath(): DatagramReceiver {
    return new DatagramReceiver(join(Deno.makeTempDirSync(), "notify"));
  }

  /** The next datagram, by lines. */
  async next(): Promise<string[]> {
    const bytes = new Uint8Array(4096);
    const length = await this.#libc.symbols.recv(this.#socket, bytes, BigInt(bytes.length), 0);
    return new TextDecoder().decode(bytes.subarray(0, length)).split("\n");
  }

  [Symbol.dispose](): void {
    this.#libc.symbols.close(this.#socket);
    this.#libc.close();
    if (this.address.startsWith("/")) Deno.removeSync(join(this.address, ".."), { recursive: true });
  }
}
