import type { IClientOptions } from "mqtt";
import { fileProblem } from "../base/file_problem.ts";
import type { MqttSettings } from "../config/mod.ts";

/** A connection to the broker cannot be attempted: a file for TLS cannot be used. */
export class MqttSetupError extends Error {
  override readonly name = "MqttSetupError";
}

/** What the broker publishes for the process when the process is gone. */
export const goneText = "offline";

/** A request of EVerest has a few hundred bytes. The broker does not deliver longer messages. */
const maxPacketBytes = 65_536;
/** A dead connection is found after one and a half of these times. */
const keepAliveS = 5;
const reconnectMs = 1_000;

/**
 * The options of the MQTT client. It keeps nothing while the broker is away: neither messages nor subscriptions.
 *
 * @throws {MqttSetupError} a file for TLS cannot be read, or has no PEM content
 */
export function mqttOptions(settings: MqttSettings): IClientOptions {
  const { host, port, clientId, user, password, tls, statusTopic } = settings;
  return {
    protocol: tls === undefined ? "mqtt" : "mqtts",
    host,
    port,
    clientId,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    ...(tls !== undefined && {
      ...(tls.caFile !== undefined && { ca: pemIn(tls.caFile, "certificate") }),
      ...(tls.certFile !== undefined && { cert: pemIn(tls.certFile, "certificate") }),
      ...(tls.keyFile !== undefined && { key: pemIn(tls.keyFile, "private key") }),
    }),
    // With version 5, the broker names its reasons, and drops what is too old for its receiver
    protocolVersion: 5,
    clean: true,
    keepalive: keepAliveS,
    connectTimeout: 5_000,
    reconnectPeriod: reconnectMs,
    // A user can be added to the broker later
    reconnectOnConnackError: true,
    resubscribe: false,
    queueQoSZero: false,
    will: { topic: statusTopic, payload: goneText, qos: 1, retain: true },
    properties: { maximumPacketSize: maxPacketBytes },
  };
}

function pemIn(path: string, what: "certificate" | "private key"): string {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw new MqttSetupError(`Cannot read ${path} for the TLS of MQTT: ${fileProblem(error)}`, { cause: error });
  }
  if (new RegExp(`-----BEGIN (?:[A-Z0-9]+ )*${what.toUpperCase()}-----`).test(text)) return text;
  throw new MqttSetupError(`Cannot use ${path} for the TLS of MQTT: it contains no ${what} in PEM format`);
}
