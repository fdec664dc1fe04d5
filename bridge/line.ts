import type { Log } from "../src/base/log.ts";
import type { Time } from "../src/base/time.ts";
import type { Bus, TransferOptions } from "./bus.ts";
import { LineError, type PortError } from "./errors.ts";
import type { LineOptions } from "./line_options.ts";

/** Whether exchanges are possible. */
export type LineState = "closed" | "open";

/** A line that opened or closed, and why. */
export interface LineChange {
  readonly state: LineState;
  readonly error?: PortError;
  /** Wall clock in milliseconds. */
  readonly atMs: number;
}

/** How busy a line is. */
export interface LineStats {
  /** Share of the last seconds that was spent in exchanges, 0..1. */
  readonly utilisation: number;
  /** Exchanges since the start. */
  readonly exchanges: number;
  /** Those of them that got no usable answer. */
  readonly errors: number;
}

/** One line with its meters: one exchange at a time. */
export class Line implements Bus {
  readonly name: string;
  constructor(options: LineOptions, _deps?: { time?: Time; log?: Log }) {
    this.name = options.name;
  }
  get state(): LineState {
    return "closed";
  }
  /** Openings and closings, in order, to one reader; ends with `close`. */
  get changes(): AsyncIterable<LineChange> {
    return (async function* () {})();
  }
  start(): Promise<PortError | undefined> {
    return Promise.resolve(undefined);
  }
  stats(): LineStats {
    return { utilisation: 0, exchanges: 0, errors: 0 };
  }
  read(_unit: number, _address: number, _words: number, _options: TransferOptions): Promise<Uint8Array> {
    return Promise.reject(new LineError("closed", `Line ${this.name} is closed`));
  }
  write(
    _unit: number,
    _address: number,
    _bytes: Uint8Array,
    _options: TransferOptions & { readonly repeatable: boolean },
  ): Promise<void> {
    return Promise.reject(new LineError("closed", `Line ${this.name} is closed`));
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}
