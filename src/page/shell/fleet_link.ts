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
  /** Opens the stream; the browser reopens it with `Last-Event-ID`. */
  readonly open: () => EventStream;
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
  #receivedAtMs: number | undefined;
  #attemptedAtMs = 0;
  #lostSinceMs: number | undefined;
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

  /** Since when nothing arrives from the server, by the clock of the browser; undefined: the connection is there. */
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

  /** Connects, and connects again whenever the connection ends. */
  start(): void {
    this.#connect();
    this.#endChecks ??= this.#options.every(checkMs, () => this.#check());
  }

  /** Ends the connection. */
  stop(): void {
    this.#endChecks?.();
    this.#endChecks = undefined;
    this.#stream?.close();
    this.#stream = undefined;
  }

  #connect(): void {
    this.#stream?.close();
    this.#attemptedAtMs = this.#options.mono();
    const stream = this.#options.open();
    this.#stream = stream;
    const take = (apply: (data: string) => void) => ({ data }: MessageEvent<string>) => {
      if (this.#stream !== stream) return;
      apply(data);
      this.#receivedAtMs = this.#options.mono();
      this.#lostSinceMs = undefined;
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
    const isSilent = this.#receivedAtMs !== undefined && monoMs - this.#receivedAtMs > maxSilenceMs;
    if (isSilent) this.#lose();
    const isOver = this.#stream?.readyState === closed && monoMs - this.#attemptedAtMs >= retryMs;
    // The connection may be dead without an error: a machine that slept, a network that was changed
    const isDead = isSilent && monoMs - this.#attemptedAtMs > maxSilenceMs;
    if (isOver || isDead) this.#connect();
    for (const listener of this.#clockListeners) listener();
  }

  #lose(): void {
    if (this.#lostSinceMs !== undefined) return;
    this.#lostSinceMs = this.#options.now();
    this.#report();
  }

  #report(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}
