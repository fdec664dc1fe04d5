import { ClientError, ConnectionClosedError, NobodyThereError, NotPermittedError, TimedOutError } from "./errors.ts";

/** What a request says about its failure. */
export interface FailureTexts {
  /** What was attempted: `start a transaction on evse-1 of berlin-01 (wattseal.berlin-01.evse-1.transaction.start)`. */
  readonly doing: string;
  /** What to check if nobody is there. */
  readonly whenNobody: string;
  /** Milliseconds that the request waited. */
  readonly timeoutMs: number;
}

/** Codes of the errors of the NATS library. */
const natsCodes = {
  nobody: "503",
  timeout: "TIMEOUT",
  denied: "PERMISSIONS_VIOLATION",
  closed: "CONNECTION_CLOSED",
  draining: "CONNECTION_DRAINING",
} as const;

/** Translates an error of the NATS library; any other error is returned as it is. */
export function clientError(error: unknown, { doing, whenNobody, timeoutMs }: FailureTexts): unknown {
  if (error instanceof ClientError || !(error instanceof Error)) return error;
  const failed = (reason: string) => `Cannot ${doing}: ${reason}`;
  switch (codeOf(error)) {
    case natsCodes.nobody:
      return new NobodyThereError(failed(whenNobody), { cause: error });
    case natsCodes.timeout:
      return new TimedOutError(
        failed(`no reply within ${timeoutMs / 1000} s; the request may still be carried out`),
        { cause: error },
      );
    case natsCodes.denied:
      return new NotPermittedError(
        failed(`the server does not permit it to this user (${error.message}); check its permissions and inbox prefix`),
        { cause: error },
      );
    case natsCodes.closed:
    case natsCodes.draining:
      return new ConnectionClosedError(failed("the NATS connection is closed; open a new one"), { cause: error });
    default:
      return error;
  }
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "";
}
