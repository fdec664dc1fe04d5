import { type TransactionError, transactionError, type TransactionErrorCode } from "../transaction/mod.ts";
import { errorNumbers } from "./error_codes.ts";
import type { FailedAnswer } from "./transaction_schemas.ts";

/** The answer to a failed request. */
export interface ErrorAnswer {
  readonly payload: FailedAnswer;
  readonly code: TransactionErrorCode;
  /** Value of `Nats-Service-Error-Code`. */
  readonly number: number;
  /** Value of `Nats-Service-Error`: one line. */
  readonly description: string;
}

/**
 * Translates an error to an answer. A damaged or unexpected answer of the meter becomes `TIMEOUT`, a closed line or a
 * missing device `METER_OFFLINE`, and an unknown error `INTERNAL`.
 *
 * @param doing the operation of the request: `read evse-1`
 * @param transactionId the transaction id of the request, if any
 */
export function errorAnswer(error: unknown, doing: string, transactionId?: string): ErrorAnswer {
  const known = transactionError(error, doing);
  return {
    payload: failedAnswer(known, transactionId),
    code: known.code,
    number: errorNumbers[known.code],
    description: headerText(`${known.code}: ${known.message}`),
  };
}

/** The answer to a failed request, with the transaction id of the request, if any. */
export function failedAnswer(error: TransactionError, transactionId?: string): FailedAnswer {
  return {
    status: error.code === "NOT_SUPPORTED" ? "NOT_SUPPORTED" : "UNEXPECTED_ERROR",
    code: error.code,
    error: error.message,
    ...(transactionId !== undefined && { transaction_id: transactionId }),
  };
}

/** A header value cannot contain line breaks; the payload has the whole message. */
function headerText(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ").slice(0, 500);
}
