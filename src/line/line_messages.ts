import { LineError } from "./errors.ts";
import { exceptionMeaning, type Failure, ModbusError } from "../modbus/mod.ts";
import type { PortError } from "../../bridge/mod.ts";
import type { Endpoint } from "../base/endpoint.ts";
import { otherFramingAdvice, silentGatewayAdvice } from "./framing_advice.ts";
import { type LineRequest, requestText } from "./line_request.ts";

const advice = {
  timeout: "check its power, wiring, unit id, baud rate and parity",
  crc: "check the wiring, termination and shielding, and that all devices have the same baud rate and parity",
  unexpected_answer: "check that no two devices have the same unit id, and that no other program uses this line",
} as const;
const staleAdvice =
  "the gateway answers too late or is one answer behind; if this continues, the line reconnects to it";

/** Facts about a transfer, in addition to its last failure. */
export interface TransferCourse {
  /** Total number of exchanges. */
  readonly tries: number;
  /** Whether one of them received a damaged answer. */
  readonly damaged: boolean;
  /** The endpoint of the line, if the unit has never answered on it. */
  readonly neverAnswered: Endpoint | undefined;
}

/**
 * The error for a request without a usable answer.
 *
 * @param waitedMs waiting time for the first byte
 */
export function failureError(
  line: string,
  request: LineRequest,
  failure: Failure,
  waitedMs: number,
  { tries, damaged, neverAnswered }: TransferCourse,
): LineError {
  const silent = failure.what.startsWith("no answer") ? ` within ${Math.round(waitedMs)} ms` : "";
  const attempts = tries === 1 ? "" : ` after ${tries} attempts`;
  const toDo = adviceFor(failure, neverAnswered);
  const text = `${requestText(line, request)}: ${failure.what}${silent}${attempts}; ${toDo}`;
  return new LineError(failure.code, text, { damaged });
}

function adviceFor({ code, stale, otherFraming }: Failure, neverAnswered: Endpoint | undefined): string {
  if (otherFraming !== undefined) return otherFramingAdvice(otherFraming);
  if (stale === true) return staleAdvice;
  if (code !== "timeout") return advice[code];
  const framing = neverAnswered && silentGatewayAdvice(neverAnswered);
  return framing === undefined ? advice.timeout : `${advice.timeout}, and ${framing}`;
}

/** The error for a request that the device refused. */
export function refusalError(line: string, request: LineRequest, exception: number): ModbusError {
  const text = `${requestText(line, request)}: refused with exception ${exception}, ${exceptionMeaning(exception)}`;
  return new ModbusError(exception, text);
}

/** The error for a request of an earlier connection of an open line. */
export function reopenedError(line: string, request: LineRequest): LineError {
  const text = "the line was reopened, so another meter may answer now; the request was not sent";
  return new LineError("closed", `${requestText(line, request)}: ${text}`);
}

/** The error for a request whose line is closed, or was closed before the answer. */
export function closedError(line: string, request: LineRequest, cause: PortError | undefined): LineError {
  const why = cause === undefined ? "it was closed" : cause.message;
  return new LineError("closed", `${requestText(line, request)}: the line is closed: ${why}`, { cause });
}
