import { answerBytesTo } from "./frame_length.ts";

/** What a request's answer must look like: RTU answers carry nothing else to tell them by. */
export interface ExpectedAnswer {
  readonly unit: number;
  readonly function: number;
  /** Bytes of the whole answer, checksum included. */
  readonly length: number;
  /** The bytes behind unit and function: the byte count of a read, address and count of a write. */
  readonly fixed: readonly number[];
}

/**
 * The answer that `request` calls for.
 *
 * @param request a whole RTU frame, function 03, 04 or 16
 * @throws {RangeError} on any other function
 */
export function expectedAnswer(request: Uint8Array): ExpectedAnswer {
  const [unit, code] = [request[0] ?? 0, request[1] ?? 0];
  const length = answerBytesTo(request);
  return { unit, function: code, length, fixed: code === 16 ? [...request.subarray(2, 6)] : [length - 5] };
}
