import { ErrorCode, NatsError } from "nats";
import { systemTime } from "../base/time.ts";
import { apiCode, deniedText, jetstreamReason } from "../nats/mod.ts";

/** How long to retry while a cluster forms, and where to report it. */
export interface RetryLimit {
  /** Time limit, in monotonic milliseconds. */
  readonly untilMs: number;
  /** Called once with the reason for retrying. */
  readonly print: (line: string) => void;
}

/** JetStream refuses an operation. The message contains the remedy. */
export class FleetError extends Error {
  override readonly name: string = "FleetError";
}

/** An option, or a file that it names, is invalid. */
export class FleetUsageError extends FleetError {
  override readonly name = "FleetUsageError";
}

const retryMs = 500;

/**
 * Temporary errors: no leader yet, a missing server, not enough peers for the replicas, or not enough storage on them.
 */
const temporaryCodes = [10004, 10005, 10008, 10009, 10010, 10023];

/**
 * Runs an operation on JetStream. Retries while a cluster has no leader or not enough servers.
 *
 * @param what the attempted operation, for messages: `create the stream WATTSEAL_OCMF`
 * @throws {FleetError} JetStream refuses, or the time limit is reached
 */
export async function withRetries<T>(what: string, operation: () => Promise<T>, retryLimit: RetryLimit): Promise<T> {
  const { untilMs, print } = retryLimit;
  for (let isReported = false;;) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
      if (!isTemporary(error) || systemTime.mono() >= untilMs) {
        throw new FleetError(`Cannot ${what}: ${refusalText(error)}`, { cause: error });
      }
      const leftMs = untilMs - systemTime.mono();
      if (!isReported) print(`Cannot ${what} yet, retrying for ${Math.ceil(leftMs / 1000)} s: ${refusalText(error)}`);
      isReported = true;
      await systemTime.sleep(Math.min(retryMs, leftMs));
    }
  }
}

function isTemporary(error: NatsError): boolean {
  const code = apiCode(error);
  if (code !== undefined) return temporaryCodes.includes(code);
  return [ErrorCode.Timeout, ErrorCode.NoResponders].some((code) => code === error.code);
}

/** The reason given by JetStream or the server, with the remedy. */
export function refusalText(error: NatsError): string {
  const { permissionContext } = error;
  return permissionContext === undefined ? jetstreamReason(error) : deniedText(permissionContext);
}
