import { errorText } from "../base/log.ts";
import { ClientError, RefusedError } from "../client/mod.ts";
import type { StartAnswer, StopAnswer } from "../contract/mod.ts";

/** A reply to EVerest. */
export interface Reply {
  readonly status: "OK" | "NOT_SUPPORTED" | "UNEXPECTED_ERROR";
  /** A sentence, unless the status is OK. */
  readonly error?: string;
  readonly signed_meter_value?: StopAnswer["signed_meter_value"];
  readonly start_signed_meter_value?: StopAnswer["start_signed_meter_value"];
}

/** The reply to a successful start. EVerest has no place for the other fields of the answer. */
export function startReply({ signed_meter_value }: StartAnswer): Reply {
  return { status: "OK", ...(signed_meter_value !== undefined && { signed_meter_value }) };
}

/** The reply to a successful stop. */
export function stopReply({ signed_meter_value, start_signed_meter_value }: StopAnswer): Reply {
  return {
    status: "OK",
    ...(start_signed_meter_value !== undefined && { start_signed_meter_value }),
    ...(signed_meter_value !== undefined && { signed_meter_value }),
  };
}

/** The reply to a request that failed, or was refused. */
export function failedReply(error: unknown): Reply {
  const isUnsupported = error instanceof RefusedError && error.reply.status === "NOT_SUPPORTED";
  return { status: isUnsupported ? "NOT_SUPPORTED" : "UNEXPECTED_ERROR", error: sentenceOf(error) };
}

/** What an error states, without the error of the NATS library behind it. */
export function sentenceOf(error: unknown): string {
  return error instanceof ClientError ? error.message : errorText(error);
}

/** The reply with a sentence. */
export function errorReply(error: string): Reply {
  return { status: "UNEXPECTED_ERROR", error };
}
