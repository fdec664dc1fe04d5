import { ErrorCode, NatsError } from "nats";
import { errorText } from "../base/log.ts";
import { ForeignAcknowledgement } from "./acknowledged.ts";
import { apiCode, isWithoutRoom, jetstreamReason, longerThanStreamTakes } from "./jetstream_reason.ts";

/**
 * Why a record was not stored. `too_long`: longer than a limit of the server or the stream; `unusable`: it cannot be
 * made a message; `forbidden`: this user may not publish on its subject; `foreign`: another stream or program answered;
 * `full`: there is no room; `refused`: the stream refused it for another reason; `unanswered`: no answer in time.
 */
export type RefusalKind = "too_long" | "unusable" | "forbidden" | "foreign" | "full" | "refused" | "unanswered";

/** This many consecutive refusals end an attempt to deliver. */
export const maxRefusals = 3;

/** Refusals that arrive at once and concern only one record. */
export const isQuick: readonly RefusalKind[] = ["too_long", "unusable", "forbidden"];

/** The reason why a record was not stored. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** The answer, as a text for the operator. */
  readonly reason: string;
  /** Whether the stream may have stored it anyway. */
  readonly mayBeStored: boolean;
}

/** A record that cannot be made a message. */
export class UnusableRecord extends Error {
  override readonly name = "UnusableRecord";
}

/** A record was published without an acknowledgement, and it is unknown whether the stream has stored it. */
export class UnconfirmedRecord extends Error {
  override readonly name = "UnconfirmedRecord";

  constructor(stream: string) {
    super(
      `No acknowledgement arrived, and it is unknown whether stream ${stream} has the record; allow ` +
        `$JS.API.STREAM.MSG.GET.${stream}, or $JS.API.DIRECT.GET.${stream}.> if the stream has allow_direct`,
    );
  }
}

/** The refusal that an error of a delivery reports; undefined: the connection or the journal failed. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof UnusableRecord) return { kind: "unusable", reason: errorText(error), mayBeStored: false };
  if (error instanceof UnconfirmedRecord) return { kind: "unanswered", reason: error.message, mayBeStored: true };
  if (error instanceof ForeignAcknowledgement) return { kind: "foreign", reason: error.message, mayBeStored: true };
  if (!(error instanceof NatsError)) return undefined;
  const reason = jetstreamReason(error);
  const number = apiCode(error);
  if (number !== undefined) return { kind: kindOf(error), reason, mayBeStored: false };
  switch (error.code) {
    case ErrorCode.MaxPayloadExceeded:
      return { kind: "too_long", reason: "larger than the server's `max_payload`", mayBeStored: false };
    case ErrorCode.PermissionsViolation:
      return { kind: "forbidden", reason, mayBeStored: false };
    case ErrorCode.NoResponders:
      return { kind: "unanswered", reason, mayBeStored: false };
    case ErrorCode.Timeout:
      return { kind: "unanswered", reason: error.message, mayBeStored: true };
    default:
      return undefined;
  }
}

function kindOf(error: NatsError): RefusalKind {
  if (apiCode(error) === longerThanStreamTakes) return "too_long";
  // A limit per subject concerns only one meter
  return isWithoutRoom(error) && !/per subject/.test(error.message) ? "full" : "refused";
}
