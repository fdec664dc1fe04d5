import { PortError } from "../../bridge/mod.ts";
import type { Endpoint } from "../base/endpoint.ts";
import { endpointText } from "../base/endpoint.ts";

/** A gateway that closes a connection within this time rejects it. */
export const atOnceMs = 1000;

/** Facts about a connection that has ended. */
export interface EndedConnection {
  /** Whether it has received any bytes. */
  readonly useful: boolean;
  /** Duration of the connection. */
  readonly openMs: number;
}

/** The error for a lost device or gateway, with a message for the operator. */
export function closingError(endpoint: Endpoint, why: unknown, { useful, openMs }: EndedConnection): PortError {
  const name = endpointText(endpoint);
  if (!(why instanceof PortError)) return new PortError("failed", `The device ${name} failed`, { cause: why });
  if (endpoint.kind === "serial" || why.code !== "gone" || useful || openMs > atOnceMs) return why;
  const text = `${name} closes each connection at once; it may already serve another client${orOther(endpoint)}`;
  return new PortError("busy", text, { cause: why });
}

function orOther({ kind }: Endpoint): string {
  if (kind === "tcp") return ", or use Modbus TCP (modbus-tcp://)";
  return kind === "modbus-tcp" ? ", or expect RTU frames (tcp://)" : "";
}
