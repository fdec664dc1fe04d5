import type { Time } from "../base/time.ts";
import type { TransferOptions } from "./bus.ts";
import { LineError } from "./errors.ts";
import { isBusy, isGatewayFailure, type ModbusError } from "../modbus/mod.ts";
import { PortError } from "../../bridge/mod.ts";
import type { LineLoop } from "./line_loop.ts";
import { closedError, failureError, refusalError, reopenedError, type TransferCourse } from "./line_messages.ts";
import type { LineOptions } from "./line_options.ts";
import { type LineRequest, wireMs } from "./line_request.ts";
import type { WorkResult } from "./line_work.ts";

/**
 * Carries out one request: `attempts` attempts of `retries` + 1 exchanges each, or of one exchange if the options
 * disable immediate repeats. Repeats the exchange after a damaged, unexpected or missing answer. A refusal is final,
 * unless the options allow a retry or it is exception 5 or 6 (the device is busy): then another attempt follows, but no
 * immediate repeat. Exceptions 10 and 11 of a gateway count as a missing answer.
 *
 * @returns the registers of a read; empty after a write
 * @throws as `Bus.read`
 */
export async function transfer(
  loop: LineLoop,
  request: LineRequest,
  options: TransferOptions,
  line: LineOptions,
  time: Time,
): Promise<Uint8Array> {
  const attempts = request.repeatable ? options.attempts ?? 1 : 1;
  const repeats = request.repeatable && options.immediateRepeats !== false ? line.retries : 0;
  let notBefore = 0;
  let tries = 0;
  let damaged = false;
  for (let attempt = 1; true; attempt++) {
    for (let repeat = 0; repeat <= repeats; repeat++) {
      options.signal?.throwIfAborted();
      const result = await loop.enqueue(request, options, { repeat: repeat > 0, notBefore });
      if (result.kind === "answered") return result.bytes;
      damaged ||= result.kind === "failed" && result.failure.damaged === true;
      const neverAnswered = loop.turnaroundMs(request.unit) === undefined ? line.endpoint : undefined;
      const error = errorOf(result, request, line, { tries: ++tries, damaged, neverAnswered });
      const refused = !(error instanceof LineError);
      if (error instanceof LineError && error.code === "closed") throw error;
      if (refused && !isBusy(error.exception) && options.repeatRefused !== true) throw error;
      if (!refused && repeat < repeats) continue;
      if (attempt >= attempts) throw error;
      break;
    }
    notBefore = time.mono() + (options.delayMs ?? 0);
  }
}

function errorOf(
  result: Exclude<WorkResult, { kind: "answered" }>,
  request: LineRequest,
  line: LineOptions,
  course: TransferCourse,
): LineError | ModbusError {
  switch (result.kind) {
    case "gone":
      return closedError(line.name, request, result.error instanceof PortError ? result.error : undefined);
    case "reopened":
      return reopenedError(line.name, request);
    case "failed":
      return failureError(line.name, request, result.failure, wireMs(request, line) + line.initialTimeoutMs, course);
    case "refused": {
      const refusal = refusalError(line.name, request, result.exception);
      if (!isGatewayFailure(result.exception)) return refusal;
      return new LineError("timeout", refusal.message, { cause: refusal });
    }
  }
}
