import { dirname, resolve } from "node:path";
import { type Endpoint, hostPortText } from "../base/endpoint.ts";
import { hostPattern, parseHost, portPattern } from "../base/host_address.ts";

/** The allowed forms of `gateway`, for messages. */
export const gatewayForms =
  "unix:PATH, tcp://HOST:PORT or modbus-tcp://HOST:PORT, with a port from 1 to 65535, and an IPv6 address in brackets";

/** The allowed forms of an entry of `servers`, for messages. */
export const serverForms =
  "HOST, HOST:PORT, nats://HOST:PORT or tls://HOST:PORT, with an IPv6 address in brackets and credentials in " +
  "separate keys";

/** The form of `gateway`, apart from the syntax of the host. */
export const gatewayPattern = new RegExp(`^(?:unix:.+|(?:tcp|modbus-tcp)://(?:${hostPattern}):(?:${portPattern}))$`);

/** The form of an entry of `servers`, apart from the syntax of the host. */
export const serverPattern = new RegExp(`^(?:(?:nats|tls)://)?(?:${hostPattern})(?::(?:${portPattern}))?$`);

/** The form of `listen`, apart from the syntax of the host. */
export const listenPattern = new RegExp(`^(?:${hostPattern}):(?:${portPattern})$`);

/** Makes a path absolute. A relative path starts in the folder of the configuration file. */
export function fromFileFolder(file: string, path: string): string {
  return resolve(dirname(file), path);
}

/** Parses a `gateway` without resolving its path; undefined if its form is unknown. */
export function parseGateway(text: string): Exclude<Endpoint, { kind: "serial" }> | undefined {
  const [, kind, rest = ""] = /^(unix|tcp|modbus-tcp):(.+)$/.exec(text) ?? [];
  if (kind === "unix") return { kind, path: rest };
  if (kind !== "tcp" && kind !== "modbus-tcp") return undefined;
  const address = rest.startsWith("//") ? parseHost(rest.slice(2)) : undefined;
  return address?.port === undefined ? undefined : { kind, host: address.host, port: address.port };
}

/** The allowed form of `listen`, for messages. */
export const listenForm = "HOST:PORT, with a port from 1 to 65535, and an IPv6 address in brackets";

/** Parses an address to listen on; undefined if its form is unknown. */
export function parseListen(text: string): { host: string; port: number } | undefined {
  const address = parseHost(text);
  return address?.port === undefined ? undefined : { host: address.host, port: address.port };
}

/**
 * Returns the endpoint of a line, with an absolute path.
 *
 * @param file path of the configuration file
 * @returns undefined unless exactly one of the two is given and its form is known
 */
export function endpointOf(
  serialPort: string | undefined,
  gateway: string | undefined,
  file: string,
): Endpoint | undefined {
  if (serialPort !== undefined) {
    return gateway === undefined ? { kind: "serial", path: fromFileFolder(file, serialPort) } : undefined;
  }
  const endpoint = gateway === undefined ? undefined : parseGateway(gateway);
  return endpoint?.kind === "unix" ? { kind: "unix", path: fromFileFolder(file, endpoint.path) } : endpoint;
}

/** Returns the key and the value of an endpoint in a configuration file. */
export function endpointEntry(endpoint: Endpoint): Record<string, string> {
  if (endpoint.kind === "serial") return { serial_port: endpoint.path };
  if (endpoint.kind === "unix") return { gateway: `unix:${endpoint.path}` };
  return { gateway: `${endpoint.kind}://${hostPortText(endpoint)}` };
}

/**
 * A USB adapter delivers bytes after 62 bytes, or when its latency timer ends (default: 16 ms). So an answer can seem
 * to pause for this time.
 */
export const usbLatencyMs = 16;

/** Whether the name of a device belongs to a USB adapter: `ttyUSB0`, `ttyACM0`, `/dev/serial/by-id/usb-...`. */
export function isUsbPort(path: unknown): boolean {
  return typeof path === "string" && /usb|ttyACM/i.test(path);
}
