/** Address of a gateway. */
export type SocketAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** The address as text: `unix:/run/x.sock`, `tcp://10.0.0.5:4001`. */
export function socketAddressText(address: SocketAddress): string {
  return address.kind === "unix" ? `unix:${address.path}` : `tcp://${address.host}:${address.port}`;
}
