import type { FleetChange, FleetSnapshot } from "../../view/mod.ts";
import { FleetState } from "../../view/mod.ts";

/** The part of a browser's `EventSource` that the link uses. */
export interface EventStream {
  readonly readyState: number;
  onerror: ((event: Event) => void) | null;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

/** What the link needs from the browser. */
export interface FleetLinkOptions {
  /**
   * Opens the stream; the browser reopens it with `Last-Event-ID`.
   *
   * @param lastEventId of the last message of an earlier stream; the stream continues after it
   */
  readonly open: (lastEventId: string | undefined) => EventStream;
  /** Called when the stream was refused, before the next attempt: the login may have ended. */
  readonly refused: () => void;
  /** Wall clock of the browser in milliseconds. */
  readonly now: () => number;
  /** Monotonic clock in milliseconds. */
  readonly mono: () => number;
  /** Calls a function repeatedly. @returns ends the calls */
  readonly every: (ms: number, call: () => void) => () => void;
}

/** `EventSource.CLOSED`: the browser does not reopen it. */
const closed = 2;
/** The server sends at least a beat every 15 seconds. */
const maxSilenceMs = 45_000;
const retryMs = 3_000;
const checkMs = 1_000;

/** Keeps the state of the fleet up to date with the server's events. */
export class FleetLink {
  /** The state, also while the connection is lost. */
  readonly state = new FleetState();
  readonly #options: FleetLinkOptions;
  readonly #listeners = new Set<() => void>();
  readonly #clockListeners = new Set<() => void>();
  #stream: EventStream | undefined;
  #endChecks: (() => void) | undefined;
  #lastEventId: string | undefined;
  #receivedAtMs: number | undefined;
  #startedAtMs = 0;
  #attemptedAtMs = 0;
  #stoppedAtMs: number | undefined;
  #lostSinceMs: number | undefined;
  #isCurrent = false;
  #version = 0;

  constructor(options: FleetLinkOptions) {
    this.#options = options;
  }

  /** Changes with each change of the state or the link. */
  get version(): number {
    return this.#version;
  }

  /** Whether a snapshot has arrived. */
  get isLoaded(): boolean {
    return this.state.at !== undefined;
  }

  /** Whether the link is started: it has a connection, or tries to get one. */
  get isStarted(): boolean {
    return this.#endChecks !== undefined;
  }

  /** Whether a message has arrived since the start. Before it, the state is that of an earlier start, or empty. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /**
   * Since when nothing arrives from the server, by the clock of the browser; undefined: the connection is there, or the
   * link is not started.
   */
  get lostSinceMs(): number | undefined {
    return this.#lostSinceMs;
  }

  /** The present time by the clock of the server, in milliseconds since 1970: that of the last message and the time since. */
  get serverNowMs(): number {
    const { at } = this.state;
    if (at === undefined || this.#receivedAtMs === undefined) return this.#options.now();
    return Date.parse(at) + this.#options.mono() - this.#receivedAtMs;
  }

  /** Calls a function after each change. @returns ends the calls */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls a function each second while the link is started. @returns ends the calls */
  subscribeClock(listener: () => void): () => void {
    this.#clockListeners.add(listener);
    return () => this.#clockListeners.delete(listener);
  }

  /** Connects, and connects again whenever the connection ends. After a stop, the server sends what was missed. */
  start(): void {
    if (this.isStarted) return;
    this.#startedAtMs = this.#options.mono();
    this.#endChecks = this.#options.every(checkMs, () => this.#check());
    this.#connect();
    this.#report();
  }

  /** Ends the connection. The link makes no request until the next start. */
  stop(): void {
    if (!this.isStarted) return;
    this.#endChecks?.();
    this.#endChecks = undefined;
    this.#stream?.close();
    this.#stream = undefined;
    // If the next start fails, the values are as old as this
    this.#stoppedAtMs = this.#isCurrent ? this.#lostSinceMs ?? this.#options.now() : this.#stoppedAtMs;
    this.#lostSinceMs = undefined;
    this.#isCurrent = false;
    this.#report();
  }

  #connect(): void {
    this.#stream?.close();
    this.#attemptedAtMs = this.#options.mono();
    const stream = this.#options.open(this.#lastEventId);
    this.#stream = stream;
    const take = (apply: (data: string) => void) => ({ data, lastEventId }: MessageEvent<string>) => {
      if (this.#stream !== stream) return;
      apply(data);
      if (lastEventId !== "") this.#lastEventId = lastEventId;
      this.#receivedAtMs = this.#options.mono();
      this.#lostSinceMs = undefined;
      this.#isCurrent = true;
      this.#report();
    };
    stream.addEventListener("snapshot", take((data) => this.state.load(JSON.parse(data) as FleetSnapshot)));
    stream.addEventListener("change", take((data) => this.state.apply(JSON.parse(data) as FleetChange)));
    stream.addEventListener("beat", take((at) => this.state.apply({ at })));
    stream.onerror = () => {
      if (this.#stream !== stream) return;
      this.#lose();
      if (stream.readyState === closed) this.#options.refused();
    };
  }

  #check(): void {
    const monoMs = this.#options.mono();
    const activeAtMs = Math.max(this.#receivedAtMs ?? 0, this.#startedAtMs);
    const isSilent = monoMs - activeAtMs > maxSilenceMs;
    if (isSilent) this.#lose();
    const isOver = this.#stream?.readyState === closed && monoMs - this.#attemptedAtMs >= retryMs;
    // The connection may be dead without an error: a machine that slept, a network that was changed
    const isDead = isSilent && monoMs - this.#attemptedAtMs > maxSilenceMs;
    if (isOver || isDead) this.#connect();
    for (const listener of this.#clockListeners) listener();
  }

  #lose(): void {
    if (this.#lostSinceMs !== undefined) return;
    this.#lostSinceMs = this.#isCurrent ? this.#options.now() : this.#stoppedAtMs ?? this.#options.now();
    this.#report();
  }

  #report(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}
