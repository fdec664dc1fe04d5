/** The address of a line. Paths are absolute, an IPv6 host has no brackets. */
export type Endpoint =
  /** A serial port: `/dev/ttyUSB0`. */
  | { readonly kind: "serial"; readonly path: string }
  /** RTU frames over a Unix socket. */
  | { readonly kind: "unix"; readonly path: string }
  /** RTU frames over a TCP stream. */
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  /** A Modbus TCP gateway. */
  | { readonly kind: "modbus-tcp"; readonly host: string; readonly port: number };
