import type { FramingName } from "../modbus/mod.ts";
import type { Endpoint } from "../base/endpoint.ts";

/** What to do about a gateway that uses this framing and not the configured one. */
export function otherFramingAdvice(came: FramingName): string {
  return came === "rtu"
    ? "the gateway passes RTU frames on: write tcp:// in place of modbus-tcp:// in the line's gateway"
    : "the gateway speaks Modbus TCP: write modbus-tcp:// in place of tcp:// in the line's gateway";
}

/** What to check about a gateway of which nothing has come yet: many ignore what they do not understand. */
export function silentGatewayAdvice({ kind }: Endpoint): string | undefined {
  if (kind === "tcp") return "whether the gateway speaks Modbus TCP (modbus-tcp://)";
  return kind === "modbus-tcp" ? "whether the gateway passes RTU frames on (tcp://)" : undefined;
}
