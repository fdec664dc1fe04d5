import type { Endpoint } from "../base/endpoint.ts";
import type { RtsSettings, WireSettings } from "../../bridge/mod.ts";

/** Settings of a line. */
export interface LineOptions extends WireSettings, RtsSettings {
  /** Name for messages and the status. */
  readonly name: string;
  /** Device or gateway. */
  readonly endpoint: Endpoint;
  /** Hardware flow control. */
  readonly rtscts: boolean;
  /** The adapter echoes requests: the echo is checked and skipped. */
  readonly ignoreEcho: boolean;
  /** Timeout of the first byte of an answer, beyond the time on the wire. */
  readonly initialTimeoutMs: number;
  /** Longest silence inside an answer. */
  readonly withinMessageTimeoutMs: number;
  /** Number of immediate repeats in one attempt, 0..10. */
  readonly retries: number;
  /**
   * Longest pause in milliseconds between two attempts to open a missing endpoint; the first one is shorter. @default
   * 1000
   */
  readonly reopenDelayMs?: number;
}
