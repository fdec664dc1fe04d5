import { type TransactionError, transactionError, type TransactionErrorCode } from "../transaction/mod.ts";
import { errorNumbers } from "./error_codes.ts";
import type { FailedAnswer } from "./transaction_schemas.ts";

/** What a failed request is answered with. */
export interface ErrorAnswer {
  readonly payload: FailedAnswer;
  readonly code: TransactionErrorCode;
  /** Value of `Nats-Service-Error-Code`. */
  readonly number: number;
  /** Value of `Nats-Service-Error`: one line. */
  readonly description: string;
}

/**
 * Turns anything that was thrown into an answer. A damaged or foreign answer of the meter counts as none in time
 * (`TIMEOUT`); a closed line or an absent device as `METER_OFFLINE`; what nobody foresaw as `INTERNAL`.
 *
 * @param doing what the request was to do: `read evse-1`
 * @param transactionId where the request named one
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

/** Answer to a request that failed; `transactionId` where the request named one. */
export function failedAnswer(error: TransactionError, transactionId?: string): FailedAnswer {
  return {
    status: error.code === "NOT_SUPPORTED" ? "NOT_SUPPORTED" : "UNEXPECTED_ERROR",
    code: error.code,
    error: error.message,
    ...(transactionId !== undefined && { transaction_id: transactionId }),
  };
}

/** Header values hold no line ends; a long message is in the payload. */
function headerText(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ").slice(0, 500);
}
