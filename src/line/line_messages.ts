import { LineError } from "./errors.ts";
import { exceptionMeaning, type Failure, ModbusError } from "../modbus/mod.ts";
import type { PortError } from "../../bridge/mod.ts";
import type { Endpoint } from "../base/endpoint.ts";
import { otherFramingAdvice, silentGatewayAdvice } from "./framing_advice.ts";
import { type LineRequest, requestText } from "./line_request.ts";

const advice = {
  timeout: "check that it has power, the wiring, its unit id, baud rate and parity",
  crc: "check the wiring, termination and shielding, and that all devices have the same baud rate and parity",
  unexpected_answer: "check that no two devices have the same unit id, and that no other program uses this line",
} as const;
const staleAdvice =
  "the gateway answers too late or is one answer behind; if this continues, the line connects to it again";

/** What is known of a transfer, apart from its last failure. */
export interface TransferCourse {
  /** Exchanges in all. */
  readonly tries: number;
  /** Whether one of them got a damaged answer. */
  readonly damaged: boolean;
  /** Where the line goes to, if the unit has never answered on it. */
  readonly unheard: Endpoint | undefined;
}

/**
 * The error of a request that got no usable answer.
 *
 * @param waitedMs how long its first byte was waited for
 */
export function failureError(
  request: LineRequest,
  failure: Failure,
  waitedMs: number,
  { tries, damaged, unheard }: TransferCourse,
): LineError {
  const silent = failure.what.startsWith("no answer") ? ` within ${Math.round(waitedMs)} ms` : "";
  const attempts = tries === 1 ? "" : ` after ${tries} attempts`;
  const toDo = adviceFor(failure, unheard);
  const text = `${requestText(request)}: ${failure.what}${silent}${attempts}; ${toDo}`;
  return new LineError(failure.code, text, { damaged });
}

function adviceFor({ code, stale, otherFraming }: Failure, unheard: Endpoint | undefined): string {
  if (otherFraming !== undefined) return otherFramingAdvice(otherFraming);
  if (stale === true) return staleAdvice;
  if (code !== "timeout") return advice[code];
  const framing = unheard && silentGatewayAdvice(unheard);
  return framing === undefined ? advice.timeout : `${advice.timeout}, and ${framing}`;
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
