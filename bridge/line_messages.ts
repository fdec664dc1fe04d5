import { LineError, ModbusError, type PortError } from "./errors.ts";
import { exceptionMeaning } from "./exceptions.ts";
import type { Failure } from "./framing.ts";
import { type LineRequest, requestText } from "./line_request.ts";

const advice = {
  timeout: "check that it has power, the wiring, its unit id, baud rate and parity",
  crc: "check the wiring, termination and shielding, and that all devices have the same baud rate and parity",
  unexpected_answer: "check that no two devices have the same unit id, and that nobody else asks on this line",
} as const;
const staleAdvice =
  "the gateway answers too late or is one answer behind; if this continues, the line connects to it again";

/**
 * The error of a request that got no usable answer.
 *
 * @param waitedMs how long its first byte was waited for
 * @param attempts exchanges in all, and whether one of them got a damaged answer
 */
export function failureError(
  request: LineRequest,
  failure: Failure,
  waitedMs: number,
  { tries, damaged }: { readonly tries: number; readonly damaged: boolean },
): LineError {
  const silent = failure.what.startsWith("no answer") ? ` within ${Math.round(waitedMs)} ms` : "";
  const attempts = tries === 1 ? "" : ` after ${tries} attempts`;
  const toDo = failure.stale === true ? staleAdvice : advice[failure.code];
  const text = `${requestText(request)}: ${failure.what}${silent}${attempts}; ${toDo}`;
  return new LineError(failure.code, text, { damaged });
}

/** The error of a request that the device refused. */
export function refusalError(request: LineRequest, exception: number): ModbusError {
  const text = `${requestText(request)}: refused with exception ${exception}, ${exceptionMeaning(exception)}`;
  return new ModbusError(exception, text);
}

/** The error of a request that belongs to an earlier connection of its line, which is open. */
export function reopenedError(request: LineRequest): LineError {
  const text = "the line was opened again meanwhile; another meter may answer now, so the request was not sent";
  return new LineError("closed", `${requestText(request)}: ${text}`);
}

/** The error of a request whose line is closed, or was closed before its answer came. */
export function closedError(request: LineRequest, cause: PortError | undefined): LineError {
  const why = cause === undefined ? "it was closed" : cause.message;
  return new LineError("closed", `${requestText(request)}: the line is closed: ${why}`, { cause });
}
