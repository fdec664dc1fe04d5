/** Bytes of the answer to a read without its values: unit, function, byte count, checksum. */
const readFrameBytes = 5;
/** Bytes of a frame without values: unit, function, address, number of registers, checksum. */
const plainFrameBytes = 8;

/** Bytes of an exception: unit, function with its top bit set, number, checksum. */
export const exceptionBytes = 5;

/**
 * Bytes of a whole RTU request.
 *
 * @param code function 03, 04 or 16
 */
export function requestBytes(code: number, words: number): number {
  return code === 16 ? plainFrameBytes + 1 + 2 * words : plainFrameBytes;
}

/**
 * Bytes of the whole RTU answer to a request.
 *
 * @param code function 03, 04 or 16
 * @throws {RangeError} on any other function
 */
export function answerBytes(code: number, words: number): number {
  if (code === 3 || code === 4) return readFrameBytes + 2 * words;
  if (code === 16) return plainFrameBytes;
  throw new RangeError(`Cannot send function ${code}: only 3, 4 and 16 are supported`);
}

/**
 * Bytes of the whole RTU answer to `request`.
 *
 * @param request a whole RTU frame
 * @throws as {@linkcode answerBytes}
 */
export function answerBytesTo(request: Uint8Array): number {
  return answerBytes(request[1] ?? 0, (request[4] ?? 0) << 8 | (request[5] ?? 0));
}
