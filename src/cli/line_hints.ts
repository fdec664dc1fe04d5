import { endpointText } from "../base/endpoint.ts";
import { type Endpoint, Line, LineError } from "../line/mod.ts";
import { ModbusError } from "../modbus/mod.ts";
import { systemTime } from "../base/time.ts";
import type { LineSettings } from "../config/mod.ts";
import { stateFolderInUse } from "../journal/mod.ts";
import { registers } from "../meter/mod.ts";

/** Attempts with the other framing: some gateways miss the first request. */
const attempts = 2;

/**
 * Returns possible reasons why nothing on a line could be read, one sentence each. Tries the other framing once on a
 * gateway; its connection must be closed before.
 */
export async function lineHints(line: LineSettings, stateDir: string, signal: AbortSignal): Promise<string[]> {
  if (stateFolderInUse(stateDir) === true) return [serviceHint(line, stateDir)];
  const other = otherEndpoint(line.endpoint);
  if (other === undefined || signal.aborted) return [];
  if (!await answers({ ...line, endpoint: other }, signal)) return [];
  return [
    `Line ${line.name} answers as ${endpointText(other)}: use this address instead of ` +
    `${endpointText(line.endpoint)}`,
  ];
}

function serviceHint({ name, endpoint }: LineSettings, stateDir: string): string {
  const resource = endpoint.kind === "serial" ? "the port of" : "the gateway of";
  const limit = endpoint.kind === "serial" ? "" : ", and most gateways serve one client at a time";
  return `A running service uses the state folder ${stateDir}, and so ${resource} line ${name}${limit}. Stop the ` +
    "service first, or get a reading from it with the request reading.get";
}

/** The same gateway with the other framing. */
function otherEndpoint(endpoint: Endpoint): Endpoint | undefined {
  if (endpoint.kind === "tcp") return { ...endpoint, kind: "modbus-tcp" };
  return endpoint.kind === "modbus-tcp" ? { ...endpoint, kind: "tcp" } : undefined;
}

async function answers(settings: LineSettings, signal: AbortSignal): Promise<boolean> {
  const line = new Line({ ...settings, retries: 0 }, { time: systemTime });
  try {
    if (await line.start() !== undefined) return false;
    const [meter] = settings.meters;
    if (meter === undefined) return false;
    await line.read(meter.unit, registers.identificationCode.at, 1, { priority: "live", attempts, signal });
    return true;
  } catch (error) {
    if (error instanceof ModbusError) return true;
    if (error instanceof LineError || signal.aborted) return false;
    throw error;
  } finally {
    await line.close();
  }
}
