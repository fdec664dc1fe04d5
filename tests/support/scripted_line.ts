import type { LineOptions } from "../../src/line/mod.ts";
import { openPseudoTerminal, type PseudoTerminal } from "../../bridge/mod.ts";

/** Behaviour of a scripted meter for a request: hex to send at once, or its own action. */
export type Script = (request: string, send: (hex: string) => Promise<void>, nth: number) => unknown;

/** The far side of a line on a real pseudo-terminal; it follows a script. */
export class ScriptedLine implements AsyncDisposable {
  /** All requests, in lower-case hex. */
  readonly requests: string[] = [];
  /** Time when each request was complete, in monotonic milliseconds. */
  readonly requestedAt: number[] = [];
  readonly #terminal: PseudoTerminal;
  readonly #script: Script;
  readonly #served: Promise<void>;
  #received = new Uint8Array(0);

  constructor(script: Script, terminal: PseudoTerminal = openPseudoTerminal()) {
    this.#script = script;
    this.#terminal = terminal;
    this.#served = this.#serve().catch(() => {});
  }

  /** The device file. */
  get path(): string {
    return this.#terminal.path;
  }

  /** Settings of a line to it: the timeout is short, but longer than stalls of a busy machine. */
  options(more: Partial<LineOptions> = {}): LineOptions {
    return {
      name: "rs485-1",
      endpoint: { kind: "serial", path: this.path },
      baudrate: 115200,
      parity: "none",
      stopBits: 1,
      rtscts: false,
      ignoreEcho: false,
      initialTimeoutMs: 300,
      withinMessageTimeoutMs: 25,
      retries: 0,
      ...more,
    };
  }

  /** Hangs up, as if the adapter was unplugged. */
  async close(): Promise<void> {
    await this.#terminal.close();
    await this.#served;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(): Promise<void> {
    const chunk = new Uint8Array(512);
    while (true) {
      const bytes = await this.#terminal.read(chunk);
      this.#received = Uint8Array.of(...this.#received, ...chunk.subarray(0, bytes));
      for (let length = wanted(this.#received); this.#received.length >= length; length = wanted(this.#received)) {
        const request = this.#received.slice(0, length).toHex();
        this.#received = this.#received.slice(length);
        this.requests.push(request);
        this.requestedAt.push(performance.now());
        void this.#answer(request, this.requests.length);
      }
    }
  }

  async #answer(request: string, nth: number): Promise<void> {
    const answer = await this.#script(request, (hex) => this.#send(hex), nth);
    if (typeof answer === "string") await this.#send(answer);
  }

  async #send(hex: string): Promise<void> {
    await this.#terminal.write(Uint8Array.fromHex(hex.replaceAll(" ", ""))).catch(() => {});
  }
}

/** Length of the request at the start of the bytes. */
function wanted(bytes: Uint8Array): number {
  return bytes[1] === 16 ? 9 + (bytes[6] ?? 256) : 8;
}
