/**
 * An unused loopback address whose ports are all free, now and later. On 127.0.0.1, a port that was
 * just free may be used by another test, or by the system for a connection, before the server of a test listens.
 */
export function ownHost(): string {
  const [first = 0, second = 0, third = 0] = crypto.getRandomValues(new Uint8Array(3));
  return `127.${1 + first % 254}.${second}.${1 + third % 254}`;
}

/** A host and a port without a listener, for a server that starts later: `127.20.30.40:4000`. */
export function freeAddress(): string {
  return `${ownHost()}:4000`;
}

/** The parts of an address, for `Deno.connect`. */
export function endpointOf(address: string): { hostname: string; port: number } {
  const [hostname = "", port] = address.split(":");
  return { hostname, port: Number(port) };
}
