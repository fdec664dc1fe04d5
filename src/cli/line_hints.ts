import { type Endpoint, endpointText, Line, LineError } from "../line/mod.ts";
import { ModbusError } from "../modbus/mod.ts";
import { systemTime } from "../base/time.ts";
import type { LineSettings } from "../config/mod.ts";
import { stateFolderInUse } from "../journal/mod.ts";
import { registers } from "../meter/mod.ts";

/** Exchanges in the other framing: a gateway may need the first one to notice that it is asked. */
const attempts = 2;

/**
 * What may be the reason that nothing on a line could be read, a sentence each. A gateway is asked once in the other
 * framing; its connection must be closed before.
 */
export async function lineHints(line: LineSettings, stateDir: string, signal: AbortSignal): Promise<string[]> {
  if (stateFolderInUse(stateDir) === true) return [serviceHint(line, stateDir)];
  const other = otherEndpoint(line.endpoint);
  if (other === undefined || signal.aborted) return [];
  if (!await answers({ ...line, endpoint: other }, signal)) return [];
  return [`line ${line.name} answers as ${endpointText(other)}: write that in place of ${endpointText(line.endpoint)}`];
}

function serviceHint({ name, endpoint }: LineSettings, stateDir: string): string {
  const holds = endpoint.kind === "serial" ? "the port of" : "the gateway of";
  const one = endpoint.kind === "serial" ? "" : ", and most gateways serve one client at a time";
  return `a service runs that uses the state folder ${stateDir}: it holds ${holds} line ${name}${one}; stop it first, ` +
    "or ask it for a reading with the request reading.get";
}

/** The same gateway in the other framing. */
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
