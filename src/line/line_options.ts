import { type RtsSettings, socketAddressText, type WireSettings } from "../../bridge/mod.ts";

/** Where a line's bytes go. */
export type Endpoint =
  /** A serial port: `/dev/ttyUSB0`. */
  | { readonly kind: "serial"; readonly path: string }
  /** RTU frames over a Unix socket. */
  | { readonly kind: "unix"; readonly path: string }
  /** RTU frames over a TCP stream. */
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  /** A Modbus TCP gateway. */
  | { readonly kind: "modbus-tcp"; readonly host: string; readonly port: number };

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
