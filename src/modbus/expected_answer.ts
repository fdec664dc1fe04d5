import { answerBytesTo } from "./frame_length.ts";

/** The properties of the expected answer; an RTU answer has no others. */
export interface ExpectedAnswer {
  readonly unit: number;
  readonly function: number;
  /** Length of the whole answer in bytes, including the checksum. */
  readonly length: number;
  /** The bytes after unit and function: the byte count of a read, or address and count of a write. */
  readonly fixed: readonly number[];
}

/**
 * The expected answer to `request`.
 *
 * @param request a whole RTU frame, function 03, 04 or 16
 * @throws {RangeError} on any other function
 */
export function expectedAnswer(request: Uint8Array): ExpectedAnswer {
  const [unit, code] = [request[0] ?? 0, request[1] ?? 0];
  const length = answerBytesTo(request);
  return { unit, function: code, length, fixed: code === 16 ? [...request.subarray(2, 6)] : [length - 5] };
}
