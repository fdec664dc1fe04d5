import type { PseudoTerminal, WireSettings } from "../../bridge/mod.ts";
import { wireTimeMs } from "../../bridge/mod.ts";
import type { Time } from "../base/time.ts";

/** Bytes are written in chunks of about this duration: shorter ones would cost CPU, longer ones would be visible. */
const chunkMs = 4;

/** Sends bytes at the speed of a real wire. */
export class PacedSender {
  readonly #terminal: PseudoTerminal;
  readonly #time: Time;
  readonly #wire: WireSettings | undefined;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  /** @param wire undefined: bytes are sent at once */
  constructor(terminal: PseudoTerminal, time: Time, wire: WireSettings | undefined) {
    this.#terminal = terminal;
    this.#time = time;
    this.#wire = wire;
  }

  /** Starts to send. `startMs` is the monotonic time of the first bit. */
  send(bytes: Uint8Array, startMs: number): void {
    const sending = this.#send(bytes, startMs).catch((error) => {
      if (!this.#stop.signal.aborted) throw error;
    }).finally(() => this.#running.delete(sending));
    this.#running.add(sending);
  }

  /** Stops sending, because the terminal is closed. */
  stop(): void {
    this.#stop.abort();
  }

  /** Resolves when nothing is being sent. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async #send(bytes: Uint8Array, startMs: number): Promise<void> {
    const { signal } = this.#stop;
    let sent = 0;
    while (sent < bytes.length) {
      const goal = Math.min(bytes.length, sent + this.#chunkBytes());
      await this.#sleepUntil(startMs + this.#wireMs(goal), signal);
      if (signal.aborted) return;
      // After a late timer, send more than one chunk.
      const due = Math.max(goal, Math.min(bytes.length, this.#bytesIn(this.#time.mono() - startMs)));
      await this.#terminal.write(bytes.subarray(sent, due));
      sent = due;
    }
  }

  async #sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    for (let waitMs = atMs - this.#time.mono(); waitMs > 0; waitMs = atMs - this.#time.mono()) {
      if (signal.aborted) return;
      await this.#time.sleep(Math.floor(waitMs), signal);
    }
  }

  #wireMs(bytes: number): number {
    return this.#wire === undefined ? 0 : wireTimeMs(this.#wire, bytes);
  }

  #bytesIn(ms: number): number {
    return this.#wire === undefined ? Infinity : Math.floor(ms / wireTimeMs(this.#wire, 1));
  }

  #chunkBytes(): number {
    return Math.max(1, this.#bytesIn(chunkMs));
  }
}
