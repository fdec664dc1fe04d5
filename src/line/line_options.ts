import type { Endpoint } from "../base/endpoint.ts";
import { type RtsSettings, socketAddressText, type WireSettings } from "../../bridge/mod.ts";

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

/** The endpoint as text: `/dev/ttyUSB0`, `unix:/run/x.sock`, `tcp://10.0.0.5:4001`. */
export function endpointText(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case "serial":
      return endpoint.path;
    case "unix":
    case "tcp":
      return socketAddressText(endpoint);
    case "modbus-tcp":
      return `modbus-tcp://${endpoint.host}:${endpoint.port}`;
  }
}
