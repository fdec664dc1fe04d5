/**
 * A loopback address that nothing else uses, in which every port is free, now and later. On 127.0.0.1 a port that was
 * free a moment ago may be taken by another test, or by the system for a connection, before a test's server listens.
 */
export function ownHost(): string {
  const [first = 0, second = 0, third = 0] = crypto.getRandomValues(new Uint8Array(3));
  return `127.${1 + first % 254}.${second}.${1 + third % 254}`;
}

/** A host and a port on which nothing listens, for a server that comes later: `127.20.30.40:4000`. */
export function freeAddress(): string {
  return `${ownHost()}:4000`;
}

/** The parts of an address, for `Deno.connect`. */
export function endpointOf(address: string): { hostname: string; port: number } {
  const [hostname = "", port] = address.split(":");
  return { hostname, port: Number(port) };
}
