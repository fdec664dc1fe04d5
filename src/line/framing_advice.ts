import type { Failure, FramingName } from "../modbus/mod.ts";
import type { Endpoint } from "../base/endpoint.ts";

/** The remedy for a gateway that uses this framing instead of the configured one. */
export function otherFramingAdvice(came: FramingName): string {
  return came === "rtu"
    ? "the gateway passes RTU frames through: write tcp:// instead of modbus-tcp:// in the gateway of the line"
    : "the gateway uses Modbus TCP: write modbus-tcp:// instead of tcp:// in the gateway of the line";
}

/** What to check about a gateway that has sent nothing yet: many ignore frames in the wrong framing. */
export function silentGatewayAdvice({ kind }: Endpoint): string | undefined {
  if (kind === "tcp") return "whether the gateway uses Modbus TCP (modbus-tcp://)";
  return kind === "modbus-tcp" ? "whether the gateway passes RTU frames through (tcp://)" : undefined;
}

/** Bytes of a gateway after which no answer can be found, and the reaction of the line. */
export function garbageText({ what, otherFraming }: Failure): string {
  const advice = otherFraming === undefined ? "" : `: ${otherFramingAdvice(otherFraming)}`;
  return `The gateway sent ${what}; the line reconnects to it${advice}`;
}
