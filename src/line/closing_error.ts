import { PortError } from "../../bridge/mod.ts";
import type { Endpoint } from "../base/endpoint.ts";
import { endpointText } from "./line_options.ts";

/** A gateway that closes a connection within this time did not want it. */
export const atOnceMs = 1000;

/** What is known of a connection that has ended. */
export interface EndedConnection {
  /** Whether anything has come from it. */
  readonly useful: boolean;
  /** How long it was open. */
  readonly openMs: number;
}

/** Why a line's device or gateway is gone, as a person should read it. */
export function closingError(endpoint: Endpoint, why: unknown, { useful, openMs }: EndedConnection): PortError {
  const name = endpointText(endpoint);
  if (!(why instanceof PortError)) return new PortError("failed", `The device ${name} failed`, { cause: why });
  if (endpoint.kind === "serial" || why.code !== "gone" || useful || openMs > atOnceMs) return why;
  const text = `${name} closes each connection at once; it may serve another client already${orOther(endpoint)}`;
  return new PortError("busy", text, { cause: why });
}

function orOther({ kind }: Endpoint): string {
  if (kind === "tcp") return ", or speak Modbus TCP (modbus-tcp://)";
  return kind === "modbus-tcp" ? ", or expect RTU frames (tcp://)" : "";
}
