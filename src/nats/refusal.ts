import { ErrorCode, NatsError } from "nats";
import { errorText } from "../base/log.ts";
import { ForeignAcknowledgement } from "./acknowledged.ts";
import { apiCode, isWithoutRoom, jetstreamReason, longerThanStreamTakes } from "./jetstream_reason.ts";

/**
 * Why a record was not taken. `too_long`: a limit of the server or the stream; `unusable`: no message can hold it;
 * `forbidden`: we may not publish on its subject; `foreign`: somebody else than its stream answered; `full`: there is no
 * room; `refused`: another refusal of the stream; `unanswered`: nobody answered in time.
 */
export type RefusalKind = "too_long" | "unusable" | "forbidden" | "foreign" | "full" | "refused" | "unanswered";

/** A record that was not taken. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** What came back, for people. */
  readonly reason: string;
  /** The stream may have it nevertheless. */
  readonly isDoubtful: boolean;
}

/** A record of which no message can be made. */
export class UnusableRecord extends Error {
  override readonly name = "UnusableRecord";
}

/** A record was published without an acknowledgement, and nobody says whether the stream has it. */
export class UnknownWhetherKept extends Error {
  override readonly name = "UnknownWhetherKept";

  constructor(stream: string) {
    super(
      `No acknowledgement came, and stream ${stream} does not say whether it has the record; ` +
        `allow $JS.API.STREAM.MSG.GET.${stream}, or $JS.API.DIRECT.GET.${stream}.> where the stream has allow_direct`,
    );
  }
}

/** What an error of a delivery says about the record; undefined: nothing, the connection or the journal failed. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof UnusableRecord) return { kind: "unusable", reason: errorText(error), isDoubtful: false };
  if (error instanceof UnknownWhetherKept) return { kind: "unanswered", reason: error.message, isDoubtful: true };
  if (error instanceof ForeignAcknowledgement) return { kind: "foreign", reason: error.message, isDoubtful: true };
  if (!(error instanceof NatsError)) return undefined;
  const reason = jetstreamReason(error);
  const number = apiCode(error);
  if (number !== undefined) return { kind: kindOf(error), reason, isDoubtful: false };
  switch (error.code) {
    case ErrorCode.MaxPayloadExceeded:
      return { kind: "too_long", reason: "longer than the `max_payload` of the server", isDoubtful: false };
    case ErrorCode.PermissionsViolation:
      return { kind: "forbidden", reason, isDoubtful: false };
    case ErrorCode.NoResponders:
      return { kind: "unanswered", reason, isDoubtful: false };
    case ErrorCode.Timeout:
      return { kind: "unanswered", reason: error.message, isDoubtful: true };
    default:
      return undefined;
  }
}

function kindOf(error: NatsError): RefusalKind {
  if (apiCode(error) === longerThanStreamTakes) return "too_long";
  // A limit for each subject concerns one meter only
  return isWithoutRoom(error) && !/per subject/.test(error.message) ? "full" : "refused";
}
