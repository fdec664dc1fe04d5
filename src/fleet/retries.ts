import { ErrorCode, NatsError } from "nats";
import { systemTime } from "../base/time.ts";
import { apiCode, deniedText, jetstreamReason } from "../nats/mod.ts";

/** How long to wait for a cluster that is being formed, and where to report it. */
export interface Patience {
  /** Until when, in monotonic milliseconds. */
  readonly untilMs: number;
  /** Called once with what is waited for. */
  readonly say: (line: string) => void;
}

/** JetStream does not do what it was asked; the message says what to do about it. */
export class FleetError extends Error {
  override readonly name: string = "FleetError";
}

/** What the caller gave cannot be used: an option, or a file that it names. */
export class FleetUsageError extends FleetError {
  override readonly name = "FleetUsageError";
}

const retryMs = 500;

/** No leader yet, a server is missing, no peers for the replicas, no room on those that are there. */
const passing = [10004, 10005, 10008, 10009, 10010, 10023];

/**
 * Asks JetStream, again and again while a cluster without a leader or with too few servers cannot answer.
 *
 * @param what is attempted, for messages: `create the stream WATTSEAL_OCMF`
 * @throws {FleetError} it refuses, or the time is over
 */
export async function patiently<T>(what: string, ask: () => Promise<T>, patience: Patience): Promise<T> {
  const { untilMs, say } = patience;
  for (let isSaid = false;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
      if (!isPassing(error) || systemTime.mono() >= untilMs) {
        throw new FleetError(`cannot ${what}: ${refusalText(error)}`, { cause: error });
      }
      const leftMs = untilMs - systemTime.mono();
      if (!isSaid) say(`cannot ${what} yet, trying for ${Math.ceil(leftMs / 1000)} s: ${refusalText(error)}`);
      isSaid = true;
      await systemTime.sleep(Math.min(retryMs, leftMs));
    }
  }
}

function isPassing(error: NatsError): boolean {
  const code = apiCode(error);
  if (code !== undefined) return passing.includes(code);
  return [ErrorCode.Timeout, ErrorCode.NoResponders].some((passes) => passes === error.code);
}

/** What JetStream, or the server before it, says, with what to do about it. */
export function refusalText(error: NatsError): string {
  const { permissionContext } = error;
  return permissionContext === undefined ? jetstreamReason(error) : deniedText(permissionContext);
}
