/** A port from 1 to 65535, of at most five digits. */
export const portPattern = [
  ...["0{0,4}[1-9]", "0{0,3}[1-9]\\d", "0{0,2}[1-9]\\d{2}", "0?[1-9]\\d{3}", "[1-5]\\d{4}"],
  ...["6[0-4]\\d{3}", "65[0-4]\\d{2}", "655[0-2]\\d", "6553[0-5]"],
].join("|");

/** A host, apart from its syntax. */
export const hostPattern = "\\[[\\dA-Fa-f:.]+\\]|[\\w.-]+";

const addressPattern = new RegExp(`^(?<host>${hostPattern})(?::(?<port>${portPattern}))?$`);

/** Parses `HOST` or `HOST:PORT`, with an IPv6 address in brackets; undefined if its form is unknown. */
export function parseHost(text: string): { host: string; port: number | undefined } | undefined {
  const { host, port } = addressPattern.exec(text)?.groups ?? {};
  // The URL parser checks the syntax of addresses.
  if (host === undefined || !URL.canParse(`http://${host}`)) return undefined;
  const name = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  return { host: name, port: port === undefined ? undefined : Number(port) };
}

/** Whether an address of a NATS server has a known form. */
export function isServer(text: string): boolean {
  return parseHost(text.replace(/^(?:nats|tls):\/\//, "")) !== undefined;
}

/** Whether TLS is required: if one server requires it, all do. */
export function wantsTls(servers: readonly string[]): boolean {
  return servers.some((server) => server.startsWith("tls://"));
}
