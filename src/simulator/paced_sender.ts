import type { PseudoTerminal, WireSettings } from "../../bridge/mod.ts";
import { wireTimeMs } from "../../bridge/mod.ts";
import type { Time } from "../base/time.ts";

/** Bytes are handed over in pieces of about this length in time: less would cost CPU, more would be visible. */
const pieceMs = 4;

/** Puts bytes on the line as fast as a wire would carry them. */
export class PacedSender {
  readonly #terminal: PseudoTerminal;
  readonly #time: Time;
  readonly #wire: WireSettings | undefined;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  /** @param wire absent: bytes go at once */
  constructor(terminal: PseudoTerminal, time: Time, wire: WireSettings | undefined) {
    this.#terminal = terminal;
    this.#time = time;
    this.#wire = wire;
  }

  /** Starts to send; `startMs` is the monotonic time at which the first bit leaves. */
  send(bytes: Uint8Array, startMs: number): void {
    const sending = this.#send(bytes, startMs).catch((error) => {
      if (!this.#stop.signal.aborted) throw error;
    }).finally(() => this.#running.delete(sending));
    this.#running.add(sending);
  }

  /** Breaks off what is being sent, once the terminal is closed or about to be. */
  stop(): void {
    this.#stop.abort();
  }

  /** Resolves when nothing is being sent any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async #send(bytes: Uint8Array, startMs: number): Promise<void> {
    const { signal } = this.#stop;
    let sent = 0;
    while (sent < bytes.length) {
      const goal = Math.min(bytes.length, sent + this.#pieceBytes());
      await this.#until(startMs + this.#wireMs(goal), signal);
      if (signal.aborted) return;
      // A timer that came late lets more than one piece through.
      const due = Math.max(goal, Math.min(bytes.length, this.#bytesIn(this.#time.mono() - startMs)));
      await this.#terminal.write(bytes.subarray(sent, due));
      sent = due;
    }
  }

  async #until(atMs: number, signal: AbortSignal): Promise<void> {
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

  #pieceBytes(): number {
    return Math.max(1, this.#bytesIn(pieceMs));
  }
}
