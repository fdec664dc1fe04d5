import type { Endpoint } from "../base/endpoint.ts";
import type { RtsSettings, WireSettings } from "../../bridge/mod.ts";

/** Settings of a line. The ranges are those of the configuration; the line does not check them. */
export interface LineOptions extends WireSettings, RtsSettings {
  /** Name for messages and reports. */
  readonly name: string;
  /** Device or gateway. */
  readonly endpoint: Endpoint;
  /** Hardware flow control. */
  readonly rtscts: boolean;
  /** The adapter echoes requests: the echo is checked and skipped. */
  readonly ignoreEcho: boolean;
  /** Maximum wait for the first byte of an answer, in addition to the time on the wire, 10..10000 ms. */
  readonly initialTimeoutMs: number;
  /** Maximum silence within an answer, 1..1000 ms. */
  readonly withinMessageTimeoutMs: number;
  /** Immediate retries within one attempt, 0..10. */
  readonly retries: number;
  /** Longest pause between two attempts to open a missing endpoint, in ms; the first is shorter. @default 1000 */
  readonly reopenDelayMs?: number;
}
