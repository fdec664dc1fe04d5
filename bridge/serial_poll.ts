import { setImmediate } from "node:timers";
import { systemTime } from "../src/base/time.ts";
import type { Precision } from "./byte_stream.ts";
import { DueTimes } from "./due_times.ts";
import { flags, type Libc, openLibc } from "./libc.ts";
import { Readiness } from "./readiness.ts";

/** Interval of checks of idle ports, which detect an unplugged adapter. */
const idleCheckMs = 1000;
/** The pause after a check without an idle port: the thread detects the end of a port that waits for bytes. */
const noIdlePortCheckMs = 3000;

interface Parts {
  readonly libc: Libc;
  readonly dues: DueTimes;
  readonly readiness: Readiness;
  readonly stopping: AbortController;
}

/** Waits for serial ports: one for all lines of a process, with one thread. */
export class SerialPoll {
  readonly #idleChecks = new Set<() => boolean>();
  /** Present while a port is open. */
  #parts: Parts | undefined;

  /**
   * Call it when a port is opened.
   *
   * @param check called every second or less often, until it leaves; returns whether the port is idle
   */
  enter(check: () => boolean): void {
    this.#idleChecks.add(check);
    this.#parts ??= this.#start();
  }

  /** Call it when a port is closed and has no pending waits. */
  async leave(check: () => boolean): Promise<void> {
    this.#idleChecks.delete(check);
    const parts = this.#parts;
    if (parts === undefined || this.#idleChecks.size > 0) return;
    this.#parts = undefined;
    parts.stopping.abort();
    // 0 restores the default
    parts.libc.symbols.prctl(flags.setTimerSlack, 0n, 0n, 0n, 0n);
    await parts.readiness.close();
    parts.libc.close();
  }

  /**
   * Waits until a time, never less.
   *
   * @param atMs monotonic milliseconds
   * @returns a promise that resolves at that time; undefined: the time has passed
   */
  at(atMs: number, precision: Precision = "exact"): Promise<void> | undefined {
    // A timer saves the wake-up before an exact end. With several ports, exact waits save more: they often end together
    const isTimed = precision === "relaxed" && this.#idleChecks.size === 1 && atMs > systemTime.mono();
    return isTimed ? this.#byTimer(atMs) : this.#parts?.dues.at(atMs);
  }

  /** A timer is usually about a millisecond late, and rarely early: then the rest is an exact wait. */
  async #byTimer(atMs: number): Promise<void> {
    await systemTime.sleep(atMs - systemTime.mono());
    await this.#parts?.dues.at(atMs);
  }

  /** Resolves after the callbacks that are ready. */
  turn(): Promise<void> {
    return new Promise((resolve) => void setImmediate(resolve));
  }

  /** See {@linkcode Readiness.wait}. */
  readable(fd: number): Promise<void> {
    return this.#parts?.readiness.wait(fd) ?? Promise.resolve();
  }

  /** See {@linkcode Readiness.end}. */
  endReadable(fd: number): Promise<void> {
    return this.#parts?.readiness.end(fd) ?? Promise.resolve();
  }

  #start(): Parts {
    const libc = openLibc();
    // By default, the system makes each sleep of this thread 50 us longer
    libc.symbols.prctl(flags.setTimerSlack, 1n, 0n, 0n, 0n);
    const dues = new DueTimes({
      mono: () => systemTime.mono(),
      block: (ms) => libc.symbols.usleep(Math.ceil(ms * 1000)),
      later(ms, call) {
        const timer = setTimeout(call, Math.floor(ms));
        return () => clearTimeout(timer);
      },
      afterReady: (call) => void setImmediate(call),
    });
    const stopping = new AbortController();
    void this.#checkIdlePorts(stopping.signal);
    return { libc, dues, readiness: new Readiness(libc), stopping };
  }

  async #checkIdlePorts(signal: AbortSignal): Promise<void> {
    for (let pauseMs = idleCheckMs; !signal.aborted;) {
      await systemTime.sleep(pauseMs, signal);
      if (signal.aborted) return;
      const anyIdle = [...this.#idleChecks].map((check) => check()).includes(true);
      pauseMs = anyIdle ? idleCheckMs : noIdlePortCheckMs;
    }
  }
}
