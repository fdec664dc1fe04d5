/** The address of a line. Paths are absolute, an IPv6 host has no brackets. */
export type Endpoint =
  /** A serial port: `/dev/ttyUSB0`. */
  | {
    readonly kind: "serial";
    /** Path of the device. */
    readonly path: string;
  }
  /** RTU frames over a Unix socket. */
  | {
    readonly kind: "unix";
    /** Path of the socket, up to 107 bytes. */
    readonly path: string;
  }
  /** RTU frames over a TCP stream. */
  | {
    readonly kind: "tcp";
    /** Name or address. */
    readonly host: string;
    /** 1..65535. */
    readonly port: number;
  }
  /** A Modbus TCP gateway. */
  | {
    readonly kind: "modbus-tcp";
    /** Name or address. */
    readonly host: string;
    /** 1..65535. */
    readonly port: number;
  };

/** The address of a gateway that passes RTU frames. */
export type SocketAddress = Extract<Endpoint, { readonly kind: "unix" | "tcp" }>;

/** The host, an IPv6 address in brackets, and the port: `[::1]:502`. */
export function hostPortText({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** The endpoint as text: `/dev/ttyUSB0`, `unix:/run/x.sock`, `tcp://10.0.0.5:4001`, `modbus-tcp://10.0.0.5:502`. */
export function endpointText(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case "serial":
      return endpoint.path;
    case "unix":
      return `unix:${endpoint.path}`;
    case "tcp":
    case "modbus-tcp":
      return `${endpoint.kind}://${endpoint.host}:${endpoint.port}`;
  }
}
