import { hostPattern, parseHost, portPattern } from "../base/host_address.ts";

/** The allowed forms of the address of an MQTT broker, for messages. */
export const brokerForms =
  "HOST, HOST:PORT, mqtt://HOST:PORT or mqtts://HOST:PORT, with an IPv6 address in brackets and credentials in " +
  "separate keys";

/** The scheme of such an address. */
export const brokerScheme = /^mqtts?:\/\//;

/** The form of the address, apart from the syntax of the host. */
export const brokerPattern = new RegExp(`^(?:mqtts?://)?(?:${hostPattern})(?::(?:${portPattern}))?$`);

/** The parts of a valid address. */
export interface BrokerAddress {
  /** Name or address, without brackets. */
  readonly host: string;
  /** 1..65535; undefined: the usual one. */
  readonly port: number | undefined;
  /** Whether the address enforces TLS. */
  readonly isTls: boolean;
}

/** Parses the address of an MQTT broker; undefined if its form is unknown. */
export function parseBroker(text: string): BrokerAddress | undefined {
  const address = parseHost(text.replace(brokerScheme, ""));
  return address === undefined ? undefined : { ...address, isTls: text.startsWith("mqtts://") };
}
