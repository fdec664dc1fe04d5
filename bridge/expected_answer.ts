/** What a request's answer must look like: RTU answers carry nothing else to tell them by. */
export interface ExpectedAnswer {
  readonly unit: number;
  readonly function: number;
  /** Bytes of the whole answer, checksum included. */
  readonly length: number;
  /** The bytes behind unit and function: the byte count of a read, address and count of a write. */
  readonly fixed: Uint8Array;
}

/** Bytes of an answer that refuses: unit, function with its top bit set, number, checksum. */
export const exceptionBytes = 5;

/**
 * The answer that `request` calls for.
 *
 * @param request a whole RTU frame, function 03, 04 or 16
 * @throws {RangeError} on any other function
 */
export function expectedAnswer(request: Uint8Array): ExpectedAnswer {
  const [unit = 0, code = 0, , , countHigh = 0, countLow = 0] = request;
  if (code === 3 || code === 4) {
    const dataBytes = 2 * (countHigh << 8 | countLow);
    return { unit, function: code, length: 5 + dataBytes, fixed: Uint8Array.of(dataBytes) };
  }
  if (code === 16) return { unit, function: code, length: 8, fixed: request.slice(2, 6) };
  throw new RangeError(`Cannot send function ${code}: 3, 4 and 16 are known`);
}
