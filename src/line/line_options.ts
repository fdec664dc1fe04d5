import type { Endpoint } from "../base/endpoint.ts";
import { type RtsSettings, socketAddressText, type WireSettings } from "../../bridge/mod.ts";

/** How a line is set up. */
export interface LineOptions extends WireSettings, RtsSettings {
  /** For messages and the status. */
  readonly name: string;
  /** Where its bytes come from and go to. */
  readonly endpoint: Endpoint;
  /** Hardware flow control. */
  readonly rtscts: boolean;
  /** The adapter gives back what is sent: the echo is checked and skipped. */
  readonly ignoreEcho: boolean;
  /** Wait for the first byte of an answer beyond the wire time. */
  readonly initialTimeoutMs: number;
  /** Longest silence inside an answer. */
  readonly withinMessageTimeoutMs: number;
  /** Immediate repeats inside one attempt, 0..10. */
  readonly retries: number;
  /** Longest pause in milliseconds between two attempts to open an absent endpoint; the first is shorter. @default 1000 */
  readonly reopenDelayMs?: number;
}

/** The endpoint as people write it: `/dev/ttyUSB0`, `unix:/run/x.sock`, `tcp://10.0.0.5:4001`. */
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
